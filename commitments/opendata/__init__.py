"""The record for reuse: from one declaration of fields come the API, the CSV files and all that explains them."""
