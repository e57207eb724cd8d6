"""What arrives: files of events become checked columns (CONTRACTS, Event).

`read` finds the files and puts them in a row; `csv_file`, `jsonl_file` and `parquet_file` read one format each into
`raw` rows; `checked` turns those into batches of `READ_SCHEMA` (in `columns`) and names every row that cannot be taken.
"""
