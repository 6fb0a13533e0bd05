#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The same job with pandas and scikit-learn: read, clean, features, RFM, k by silhouette and stability,
clusters, profiles. Written the way a good notebook would do it: vectorised, no Python loop over rows.

    peer_pandas.py ORDERS.csv [--rfm-only]      prints one JSON object with seconds by phase
"""
import json
import sys
import time

import numpy as np
import pandas as pd

path = sys.argv[1]
rfm_only = "--rfm-only" in sys.argv
seconds = {}
start = last = time.perf_counter()


def lap(name):
    global last
    now = time.perf_counter()
    seconds[name] = round(now - last, 3)
    last = now


lines = pd.read_csv(path, parse_dates=["ordered_at"])
lap("read")

duplicates = int(lines.duplicated().sum())
kept = lines[lines.customer_id.notna() & (lines.quantity > 0) & (lines.unit_price > 0)].copy()
kept["amount"] = kept.quantity * kept.unit_price - kept.discount
lap("clean")

as_of = kept.ordered_at.max() + pd.Timedelta(days=1)
by = kept.groupby("customer_id")
f = pd.DataFrame({
    "recency_days": (as_of - by.ordered_at.max()).dt.days,
    "orders": by.order_id.nunique(),
    "monetary": by.amount.sum(),
    "tenure_days": (as_of - by.ordered_at.min()).dt.days,
    "lines": by.size(),
    "quantity": by.quantity.sum(),
    "products": by.product_id.nunique(),
    "discount": by.discount.sum(),
})
f["average_order_value"] = f.monetary / f.orders
f["basket_lines"] = f.lines / f.orders
f["basket_quantity"] = f.quantity / f.orders
f["discount_share"] = f.discount / (f.monetary + f.discount)
hour = kept.ordered_at.dt.hour // 6
day = kept.ordered_at.dt.dayofweek
orders = kept.groupby(["customer_id", "order_id"], sort=True).ordered_at.min().reset_index()
orders = orders.sort_values(["customer_id", "ordered_at"])
gaps = orders.groupby("customer_id").ordered_at.diff().dt.total_seconds() / 86400
f["days_between_mean"] = gaps.groupby(orders.customer_id).mean()
f["days_between_sd"] = gaps.groupby(orders.customer_id).std()
for part, name in enumerate(["night", "morning", "afternoon", "evening"]):
    f[f"share_{name}"] = (hour == part).groupby(kept.customer_id).mean()
for number in range(7):
    f[f"share_day_{number}"] = (day == number).groupby(kept.customer_id).mean()
returns = lines[lines.quantity < 0].groupby("customer_id").size()
f["return_rate"] = (returns.reindex(f.index).fillna(0) / (f.lines + returns.reindex(f.index).fillna(0)))
for window in (30, 90, 365):
    recent = kept[kept.ordered_at >= as_of - pd.Timedelta(days=window)].groupby("customer_id")
    f[f"orders_{window}"] = recent.order_id.nunique().reindex(f.index).fillna(0)
    f[f"monetary_{window}"] = recent.amount.sum().reindex(f.index).fillna(0)
lap("features")

scores = pd.DataFrame({
    "r": 6 - (pd.qcut(f.recency_days, [0, .2, .4, .6, .8, 1], labels=False, duplicates="drop") + 1),
    "f": pd.qcut(f.orders, [0, .2, .4, .6, .8, 1], labels=False, duplicates="drop") + 1,
    "m": pd.qcut(f.monetary, [0, .2, .4, .6, .8, 1], labels=False, duplicates="drop") + 1,
})
cells = scores.groupby(["r", "f", "m"]).size()
lap("rfm")

result = {"rows": len(lines), "customers": len(f), "orders": int(kept.order_id.nunique()),
          "revenue": float(f.monetary.sum()), "duplicates": duplicates}
if not rfm_only:
    from sklearn.cluster import KMeans
    from sklearn.metrics import adjusted_rand_score, silhouette_score
    from sklearn.preprocessing import RobustScaler

    names = ["recency_days", "orders", "monetary", "average_order_value", "products"]
    x = RobustScaler().fit_transform(np.log1p(f[names].clip(lower=0))).astype(np.float32)
    rng = np.random.default_rng(1)
    sample = x[rng.choice(len(x), min(len(x), 20000), replace=False)]
    scored = {}
    for k in range(2, 13):
        base = KMeans(k, n_init=5, random_state=1).fit(sample)
        small = rng.choice(len(sample), min(len(sample), 10000), replace=False)
        silhouette = silhouette_score(sample[small], base.labels_[small])
        stability = np.mean([
            adjusted_rand_score(base.labels_, KMeans(k, n_init=1, random_state=b).fit(
                sample[rng.choice(len(sample), len(sample))]).predict(sample)) for b in range(20)])
        scored[k] = (silhouette, stability)
    k = max(scored, key=lambda key: scored[key][0])
    labels = KMeans(k, n_init=10, random_state=1).fit_predict(x)
    lap("clusters")
    profiles = f.groupby(labels).median()
    segment = pd.Series(labels, index=f.index, name="cluster")
    products = kept.join(segment, on="customer_id").groupby(["cluster", "product_id"]).amount.sum()
    cohort = by.ordered_at.min().dt.to_period("M")
    months = kept.join(cohort.rename("cohort"), on="customer_id")
    months["age"] = ((months.ordered_at.dt.year - months.cohort.dt.year) * 12
                     + months.ordered_at.dt.month - months.cohort.dt.month)
    retention = months.groupby(["cohort", "age"]).customer_id.nunique().unstack()
    lap("profiles")
    result.update(k=k, silhouette=float(scored[k][0]), cohorts=len(retention), profile_rows=len(profiles),
                  products=len(products))
seconds["total"] = round(time.perf_counter() - start, 3)
result["seconds"] = seconds
print(json.dumps(result))
