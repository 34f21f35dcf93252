"""Runs one case with pandas: python3 pandas_cases.py <case> <input folder> <output folder>"""
import sys

import pandas as pd

name, source, output = sys.argv[1:4]


def customers():
    return pd.read_csv(f"{source}/customers.csv", parse_dates=["updated_at"])


def accounts():
    return pd.read_csv(f"{source}/accounts.csv")


def countries():
    return pd.read_csv(f"{source}/countries.csv")


def latest(frame):
    return frame.sort_values("updated_at", ascending=False, kind="stable").drop_duplicates("customer_id")


def with_accounts(frame):
    return frame.merge(accounts(), left_on="customer_id", right_on="id", how="left")


def with_countries(frame):
    return frame.merge(countries(), left_on="country", right_on="code", how="left")


CASES = {
    "filter": lambda: customers().query("revenue > 500 and country == 'FR'"),
    "derive": lambda: customers().assign(gross=lambda c: c.revenue * 1.2, label=lambda c: c.name.str.upper()),
    "deduplicate": lambda: latest(customers()),
    "sort": lambda: customers().sort_values(["country", "revenue"], kind="stable"),
    "join": lambda: with_accounts(customers()),
    "lookup": lambda: with_countries(customers()),
    "aggregate": lambda: customers().groupby("country").agg(
        customers=("customer_id", "size"), total=("revenue", "sum"), highest=("revenue", "max")
    ).reset_index(),
    "sample": lambda: with_countries(with_accounts(latest(customers())))[
        ["customer_id", "name", "email", "country", "revenue", "updated_at", "balance", "country_name"]
    ].sort_values("customer_id", kind="stable"),
}

# Debian's pandas comes without a Parquet writer; a pickle costs it less, so the comparison favours pandas.
CASES[name]().to_pickle(f"{output}/result.pickle")
