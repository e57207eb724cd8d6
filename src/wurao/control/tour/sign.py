"""How the parts of `wurao serve --demo` know that they are the demo's: a sign in their environment."""

SIGN = "WURAO_DEMO"
