"""Whose number it is: a number changes hands, its holder erases what is kept, and what the law keeps is kept aside.

`keeping_times` says what is kept, how long, and by which law; `ending` ends everything that a holder had and puts the
history aside, out of the next holder's sight; `purging` takes away what need not be kept any longer. The page of the
own data and the operator's page are `views`, their calls `api`.
"""
