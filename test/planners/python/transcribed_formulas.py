"""The formulas of vllm-sr-sim 0.1.0 once more, in its own language: writes the fixtures that the TypeScript is compared with.

A transcription of the description of the tool (docs/reference/python-compat.md lists what it covers), not the tool itself. Run it again only when a case is added:

    python3 test/planners/python/transcribed_formulas.py && npx prettier --write "test/**/python/*.json"

It uses CPython's own random, math.lgamma, round and floor division, which is what it is for.
"""

import itertools
import json
import math
import pathlib
import random
import re

TEST = pathlib.Path(__file__).resolve().parents[2]
DATA = TEST.parent / "host" / "workloads" / "builtin" / "data"

# --- workloads: the built-in points, read from the project's own data files -------------------------------------------------------------------------------


def points(name):
    text = (DATA / f"{name}.ts").read_text()
    numbers = lambda key: [int(x) for x in re.search(rf"{key}: \[(.*?)\]", text, re.S).group(1).split(",") if x.strip()]
    samples = int(re.search(r"samples: (\d+)", text).group(1))
    return [(t, n / samples) for t, n in zip(numbers("tokens"), numbers("counts"))]


# --- profiles ---------------------------------------------------------------------------------------------------------------------------------------------

HARDWARE = {
    "A100-SXM": (2.039e12, 85899345920, 312e12, 0, 400, 2.21),
    "L40S": (0.864e12, 51539607552, 362e12, 733e12, 350, 1.80),
    "B60": (0.456e12, 25769803776, 98e12, 0, 200, 1.00),
    "H100-SXM": (3.35e12, 85899345920, 989e12, 1978e12, 700, 4.02),
    "H200-SXM": (4.8e12, 151397597184, 989e12, 1978e12, 700, 6.00),
    "B200-SXM": (8.0e12, 193273528320, 2250e12, 4500e12, 1000, 8.00),
    "GB200": (8.0e12, 214748364800, 2500e12, 5000e12, 1200, 10.00),
    "GB300": (8.0e12, 321122547712, 2500e12, 5000e12, 1400, 12.00),
}

MODELS = {
    "llama-3.1-8b": (32, 32, 8, 4096, 14336, 128256, 0, 0, 0, 0),
    "llama-3.1-70b": (80, 64, 8, 8192, 28672, 128256, 0, 0, 0, 0),
    "llama-3.1-405b": (126, 128, 8, 16384, 53248, 128256, 0, 0, 0, 0),
    "mistral-7b": (32, 32, 8, 4096, 14336, 32000, 0, 0, 0, 0),
    "mixtral-8x7b": (32, 32, 8, 4096, 14336, 32000, 14336, 8, 2, 0),
    "qwen3-8b": (36, 32, 8, 4096, 12288, 151936, 0, 0, 0, 0),
    "qwen3-32b": (64, 40, 8, 5120, 27648, 151936, 0, 0, 0, 0),
    "qwen3-235b-a22b": (94, 64, 4, 4096, 0, 151936, 1536, 128, 8, 0),
    "qwen3-30b-a3b": (48, 16, 4, 2048, 0, 151936, 768, 128, 8, 0),
    "deepseek-v3": (61, 128, 128, 7168, 0, 129280, 2048, 256, 8, 1),
}

# ms a layer at 8 tokens: the only column that a profile reads
MOE_AT_8 = {
    (256, 8, 7168, 2048): {2.0: 1.340, 1.0: 0.700, 0.5: 0.480},
    (128, 8, 4096, 1536): {2.0: 0.480, 1.0: 0.280, 0.5: 0.234},
    (128, 8, 2048, 768): {2.0: 0.240, 1.0: 0.140, 0.5: 0.117},
}

NCCL = {1: 0, 2: 358612992, 4: 411041792, 8: 411041792}


def parameters(m, experts):
    layers, heads, kv, hidden, inter, vocab, moe, _, _, shared = m
    attention = 2 * hidden**2 + 2 * hidden * kv * (hidden // heads)
    ffn = 3 * hidden * (experts * moe + shared * inter) if moe else 3 * hidden * inter
    return vocab * hidden + layers * (attention + ffn)


def computed(hw, m, tp, d, chunk=512, blk=16, cap=0, mean_ctx=2048, share=0.90):
    bw_peak, capacity, fp16, fp8, tdp, _ = hw
    layers, heads, kv_heads, hidden, inter, _, moe, experts, topk, shared = m
    bw = bw_peak * 0.80
    hd = hidden // heads
    total, active = parameters(m, experts), parameters(m, topk)
    kv = 2.0 * layers * kv_heads * hd * d
    weights = total * d / tp
    if moe:
        table = MOE_AT_8.get((experts, topk, hidden, moe))
        if table:
            per_layer = table[min(table, key=lambda x: abs(x - d))] * (3.35e12 / bw_peak) ** 0.7 / 1000.0
        else:
            per_layer = topk * 2 * moe * hidden * d / bw
        att = ((heads + 2 * kv_heads) * hd * hidden + hidden**2) * d * layers / tp / bw
        W = per_layer * layers + att + 3e-6 * layers
    else:
        W = weights / bw + 3e-6 * layers
    H = mean_ctx * kv / bw / tp
    blocks = int(max(0, max(0, int(capacity * share) - weights - NCCL.get(tp, NCCL[8])) // (kv * blk)))

    def step(n, length=mean_ctx):
        return W + H * (length / mean_ctx) * n

    def prefill(c, q, n, length=mean_ctx):
        rate = fp8 if d <= 1 and fp8 else fp16
        width = topk * moe + shared * inter if moe else inter
        flops = 2 * c * hidden * (2 * heads + 2 * kv_heads) * hd * layers / tp
        flops += 4 * heads * hd * c * (c / 2 + q) * layers / tp
        flops += 6 * hidden * width * c * layers / tp
        return max(step(n, length), flops / rate)

    def slots(ctx):
        n = max(1, blocks // math.ceil(ctx / blk))
        return min(cap, n) if cap else n

    def service(i, o, ctx):
        n = slots(ctx)
        return math.ceil(i / chunk) * prefill(chunk, i / 2, n, i + o) + o * step(n, i + o)

    def throughput(ctx, i, o):
        return slots(ctx) / service(int(i), int(o), ctx)

    def power(n, ctx=mean_ctx):
        h = H * (ctx / mean_ctx)
        t = W + h * n
        share = h * n / t + 2.0 * active / tp * n / (t * fp16)
        return tdp * 0.43 + tdp * (0.86 - 0.43) * min(1.0, share)

    def decode(n, ctx=mean_ctx):
        t = step(n, ctx)
        kv_bytes = n * (kv / tp) * ctx
        moved = weights + kv_bytes
        flops = 2.0 * (active / tp) * n + 4.0 * kv_heads * hd * ctx * n * layers / tp
        bound = "compute" if flops / moved > fp16 / bw_peak else "memory"
        return [t, n / t, moved, kv_bytes / moved, flops, flops / moved, bound, power(n, ctx), n / t / power(n, ctx)]

    return {
        "W": W, "H": H, "blocks": blocks, "step": step, "prefill": prefill, "slots": slots, "service": service,
        "throughput": throughput, "power": power, "decode": decode, "parameters": total, "active": active, "kv": kv,
    }


MANUAL = {
    "a100": (0.0080, 0.00065, 512, 65536, 128, 2.21, 175.0, 385.0, 1.0, 2.5),
    "h100": (0.0040, 0.00032, 1024, 65536, 256, 4.02, 300.0, 600.0, 1.0, 4.2),
    "a10g": (0.012, 0.00090, 256, 32768, 64, 1.01, 75.0, 120.0, 0.7, 3.0),
}


def manual(name, cap=None, cap_ctx=None):
    W, H, chunk, blocks, most, cost, idle, nominal, k, x0 = MANUAL[name]
    full = most
    if cap is not None:
        blocks, most = cap * math.ceil(cap_ctx / 16), math.ceil(cap * cap_ctx / 8192)

    def step(n, length=8192):
        return W + H * (length / 8192) * n

    def slots(ctx):
        return min(most * 8192 // max(ctx, 1), blocks // math.ceil(ctx / 16))

    def service(i, o, ctx):
        return (math.ceil(i / chunk) + o) * step(slots(ctx), float(i + o))

    def power(n):
        return idle if n <= 0 else idle + (nominal - idle) / (1 + math.exp(-k * (math.log2(max(1, n)) - x0)))

    def sequences(target):
        target = max(idle, min(target, nominal))
        low, high = 1, full
        for _ in range(20):
            mid = (low + high) // 2
            low, high = (mid, high) if power(mid) <= target else (low, mid - 1)
            if low >= high:
                break
        return max(1, low)

    return {
        "name": name, "step": step, "slots": slots, "service": service, "power": power, "sequences": sequences, "chunk": chunk,
        "cost": cost, "idle": idle, "nominal": nominal,
        "throughput": lambda ctx, i, o: slots(ctx) / service(int(i), int(o), ctx),
    }


# --- queueing ---------------------------------------------------------------------------------------------------------------------------------------------


def erlang_c(c, a):
    if c <= 0 or a <= 0:
        return 0.0
    if a / c >= 1:
        return 1.0
    term = lambda k: k * math.log(a) - math.lgamma(k + 1)
    logs = [term(k) for k in range(c)]
    top = max(logs)
    below = top + math.log(math.fsum(math.exp(x - top) for x in logs))
    last = term(c) - math.log(1 - a / c)
    return math.exp(last - max(below, last)) / (math.exp(below - max(below, last)) + math.exp(last - max(below, last)))


def p99_wait(c, lam, mu, cv2):
    if c <= 0 or lam <= 0 or mu <= 0 or lam / mu / c >= 1:
        return math.inf
    C = erlang_c(c, lam / mu)
    return math.log(C / 0.01) / (2 * (c * mu - lam) / (1 + cv2)) if C > 0.01 else 0.0


def min_gpus(lam, mu, slo, cv2, slots):
    if lam <= 0:
        return 1
    n = max(1, math.ceil(lam / mu) + 1)
    while p99_wait(n * slots, lam, mu / slots, cv2) > slo:
        n += 1
        if n > 5000:
            return n
    return max(n, math.ceil(lam / (mu * 0.85)))


# --- planners ---------------------------------------------------------------------------------------------------------------------------------------------


def cdf_at(cdf, t):
    if t <= 0:
        return 0.0
    for (t0, f0), (t1, f1) in zip([(0, 0.0), *cdf], cdf):
        if t <= t1:
            return f0 + (f1 - f0) * (t - t0) / (t1 - t0)
    return 1.0


def calibrate(cdf, ctx, gpu, shortest=1, seed=42):
    rng = random.Random(seed)
    services, prefills = [], []
    edges = [0] + [t for t, _ in cdf]
    for _ in range(3000):
        u = rng.random()
        i = next((i for i, (_, f) in enumerate(cdf) if u <= f), None)
        if i is None:
            continue
        low, high = max(shortest, edges[i] + 1), min(ctx, cdf[i][0])
        length = rng.randint(low, high) if low <= high else ctx
        l_in = max(1, int(length * 0.80))
        services.append(gpu["service"](l_in, max(1, length - l_in), ctx))
        prefills.append(math.ceil(l_in / gpu["chunk"]) * gpu["step"](1))
    n = gpu["slots"](ctx)
    if not services:
        return (float(n), 1.0, n, 0.0)
    e1 = sum(services) / len(services)
    e2 = sum(s * s for s in services) / len(services)
    return (n / e1, max(0.01, e2 / (e1 * e1) - 1.0), n, sum(prefills) / len(prefills))


def sweep(cdf, lam, gpu_s, gpu_l, b, long_ctx, slo_ms, gammas, p_c=0.75, avail=1.0):
    alpha = cdf_at(cdf, b)
    below = [(t, f) for t, f in cdf if t <= b]
    short = [(t, f / below[-1][1]) for t, f in below] if below else [(b, 1.0)]
    mu_s, cv_s, n_slots_s, pre_s = calibrate(short, b, gpu_s)
    rows = []
    for gamma in gammas:
        g = int(gamma * b)
        fg = cdf_at(cdf, g)
        to_short = min(1.0, alpha + max(0.0, fg - alpha) * p_c)
        lam_s, lam_l = to_short * lam, (1.0 - to_short) * lam
        above = [(t, f) for t, f in cdf if t > g]
        if above and 1 - fg > 1e-6:
            norm = [(t, max(0.0, min(1.0, (f - fg) / (1.0 - fg)))) for t, f in above]
            norm[-1] = (norm[-1][0], 1.0)
            mu_l, cv_l, n_slots_l, pre_l = calibrate(norm, long_ctx, gpu_l, max(1, g))
        else:
            mu_l, cv_l, n_slots_l, pre_l = 0.01, 1.0, 1, 0.0
        n_s = math.ceil(min_gpus(lam_s, mu_s, slo_ms / 1000.0, cv_s, n_slots_s) / avail)
        n_l = math.ceil(min_gpus(lam_l, mu_l, slo_ms / 1000.0, cv_l, n_slots_l) / avail) if lam_l > 0.01 else 0
        p_s = (p99_wait(n_s * n_slots_s, lam_s, mu_s / n_slots_s, cv_s) + pre_s) * 1000
        p_l = (p99_wait(n_l * n_slots_l, lam_l, mu_l / n_slots_l, cv_l) + pre_l) * 1000 if lam_l > 0.01 else 0.0
        cost = n_s * gpu_s["cost"] + n_l * gpu_l["cost"]
        rows.append({
            "gamma": gamma, "n_s": n_s, "n_l": n_l, "total_gpus": n_s + n_l, "cost_per_hr": cost,
            "annualised_cost_kusd": cost * 8760 / 1000, "p99_ttft_short_ms": p_s, "p99_ttft_long_ms": p_l,
            "slo_met": p_s <= slo_ms and p_l <= slo_ms, "source": "analytical",
        })
    return sorted(rows, key=lambda r: r["cost_per_hr"])


def rounded(row):
    row = {k: v for k, v in row.items() if k != "cost_per_hr"}
    return {k: round(v, 1) if k.startswith(("annual", "p99")) else v for k, v in row.items()}


def gammas(top):
    return [round(1.0 + 0.1 * k, 1) for k in range(int((top - 1.0) / 0.1) + 1)]


def whatif(cdf, lams, gpu_s, gpu_l, b, long_ctx, slo_ms):
    for lam in lams:
        rows = sweep(cdf, lam, gpu_s, gpu_l, b, long_ctx, slo_ms, gammas(2.0))
        yield lam, min((r for r in rows if r["slo_met"]), key=lambda r: r["cost_per_hr"], default=rows[0])


def pareto(cdf, lam, gpu_s, gpu_l, slo_ms, long_ctx, gamma=1.0):
    one = lambda b: sweep(cdf, lam, gpu_s, gpu_l, b, long_ctx, slo_ms, [gamma])[0]
    homo = one(long_ctx)["cost_per_hr"] * 8760 / 1000
    rows = []
    for b, _ in cdf[:-1]:
        alpha = cdf_at(cdf, b)
        if not 0.01 <= alpha <= 0.999:
            continue
        r = one(b)
        cost = r["cost_per_hr"] * 8760 / 1000
        rows.append({
            "b_short": b, "alpha": alpha, "n_s": r["n_s"], "n_l": r["n_l"], "total_gpus": r["total_gpus"],
            "cost_kusd_yr": cost, "savings_vs_homo_pct": (homo - cost) / homo * 100 if homo > 0 else 0.0,
            "p99_short_ms": r["p99_ttft_short_ms"], "p99_long_ms": r["p99_ttft_long_ms"],
            "worst_p99_ms": max(r["p99_ttft_short_ms"], r["p99_ttft_long_ms"]), "slo_met": r["slo_met"],
        })
    for r in rows:
        r["pareto"] = not any(
            o["cost_kusd_yr"] < r["cost_kusd_yr"] and o["worst_p99_ms"] < r["worst_p99_ms"] for o in rows)
    return rows


def disagg(prefill, decode, isl, osl, slo_ttft, slo_tpot, ctx, lam, most_p=32, most_d=64):
    ttft = math.ceil(isl / prefill["chunk"]) * prefill["step"](prefill["slots"](ctx)) * 1000.0 * 1.80
    tpot = decode["step"](decode["slots"](ctx)) * 1000.0
    r_p, r_d = prefill["throughput"](ctx, isl, 1.0), decode["throughput"](ctx, 1.0, osl)
    points = []
    for p, d in itertools.product(range(1, most_p + 1), range(1, most_d + 1)):
        gpus = p * prefill.get("gpus", 1) + d * decode.get("gpus", 1)
        rate = min(r_p * p * 0.90, r_d * d * 0.92)
        points.append({
            "n_prefill": p, "n_decode": d, "total_gpus": gpus, "system_rate": rate, "thru_per_gpu": rate / gpus,
            "ttft_ms": ttft, "tpot_ms": tpot, "cost_per_hr": p * prefill["cost"] + d * decode["cost"],
            "slo_met": ttft <= slo_ttft and tpot <= slo_tpot,
        })
    ok = [x for x in points if x["slo_met"] and x["system_rate"] >= lam]
    cost, size = (lambda x: x["cost_per_hr"]), (lambda x: x["total_gpus"])
    beaten = lambda x: any(
        cost(o) <= cost(x) and size(o) <= size(x) and (cost(o) < cost(x) or size(o) < size(x)) for o in ok)
    feasible = [x for x in points if x["slo_met"]]
    return {
        "densest": max(feasible, key=lambda x: x["thru_per_gpu"], default=None),
        "best": min(ok, key=cost, default=None),
        "pareto": sorted((x for x in ok if not beaten(x)), key=size),
    }


def disagg_lengths(cdf):
    mean = sum(t * (f - (cdf[i - 1][1] if i else 0.0)) for i, (t, f) in enumerate(cdf))
    return int(mean * 0.75), int(mean * 0.25)


def grid_flex(cdf, lam, gpus, name, slo_ms, ctx, pcts):
    gpu = manual(name)
    for pct in pcts:
        target = max(gpu["idle"], gpu["nominal"] * (1.0 - pct / 100.0))
        cap = min(gpu["slots"](ctx), gpu["sequences"](target))
        mu, cv2, _, prefill = calibrate(cdf, ctx, manual(name, cap, ctx))
        ttft = (p99_wait(gpus * cap, lam, mu / cap, cv2) + prefill) * 1000.0
        yield {
            "flex_pct": pct, "n_max_cap": cap, "power_per_gpu_w": gpu["power"](cap),
            "power_fleet_kw": gpus * gpu["power"](cap) / 1000.0, "p99_ttft_ms": "Infinity" if ttft == math.inf else ttft,
            "slo_met": ttft <= slo_ms, "power_model": "logistic",
        }


def mean_output(cdf):
    mass = mean = 0.0
    for (t0, f0), (t1, f1) in zip([(0, 0.0), *cdf], cdf):
        mean += (t0 + (t1 - t0) / 2.0) * (f1 - f0)
        mass += f1 - f0
    return max(1, int(0.20 * (mean / mass)))


SHOWN = {"a100": ("A100-80GB", "FAIR"), "h100": ("H100-80GB", "HIGH"), "a10g": ("A10G", "LOW")}


def watts(cdf, lam, name, slo_ms, ctx, rho=None, label=None):
    gpu = manual(name)
    mu, cv2, slots, prefill = calibrate(cdf, ctx, gpu)
    out = mean_output(cdf)
    n = min_gpus(lam, mu, slo_ms / 1000.0, cv2, slots) if rho is None else max(1, math.ceil(lam / (mu * max(0.05, min(0.95, rho)))))
    real = lam / (n * mu)
    power = gpu["power"](max(1, int(real * slots)))
    return {
        "gpu_name": SHOWN[name][0], "pool_label": label or SHOWN[name][0], "n_gpus": n, "rho": real, "n_active": real * slots,
        "power_per_gpu_w": power, "tokens_per_watt": mu * real * out / power,
        "cost_per_mil": (n * gpu["cost"] / 3600.0) / (lam * out) * 1e6,
        "p99_ttft_ms": (p99_wait(n * slots, lam, mu / slots, cv2) + prefill) * 1000.0,
        "power_model_qual": SHOWN[name][1], "slo_optimal": rho is None,
    }


def fleet_watts(pools, slo_ms, ctx):
    rows = [watts(cdf, lam, name, slo_ms, ctx) for cdf, lam, name in pools]
    tokens = sum(lam * mean_output(cdf) for cdf, lam, _ in pools)
    power = sum(r["n_gpus"] * r["power_per_gpu_w"] for r in rows)
    dollars = sum(r["n_gpus"] * manual(name)["cost"] / 3600.0 for r, (_, _, name) in zip(rows, pools))
    return {
        "fleet_tpw": tokens / power, "fleet_cost_per_mil": dollars / tokens * 1e6, "fleet_power_kw": power / 1000.0,
        "total_gpus": sum(r["n_gpus"] for r in rows),
    }


def split(cdf, b):
    i = next((i for i, (t, _) in enumerate(cdf) if t >= b), None)
    if i is None:
        alpha = cdf[-1][1]
    elif i == 0:
        alpha = cdf[0][1] * (b / max(1, cdf[0][0]))
    else:
        (t0, f0), (t1, f1) = cdf[i - 1], cdf[i]
        alpha = f0 + (f1 - f0) * (b - t0) / (t1 - t0)
    alpha = max(1e-6, min(1.0 - 1e-6, alpha))
    short = [(t, f / alpha) for t, f in cdf if t <= b]
    long = [(t, max(0.0, (f - alpha) / (1.0 - alpha))) for t, f in cdf if t > b]
    short = [*(short[:-1] if short and short[-1][0] == b else short), (b, 1.0)]
    long = [*long[:-1], (long[-1][0], 1.0)] if long else [(b + 1, 1.0)]
    return short, long, alpha


# --- fixtures ---------------------------------------------------------------------------------------------------------------------------------------------


def profile_cases():
    settings = [(1, 2.0, {}), (2, 1.0, {"chunk": 2048}), (4, 0.5, {"mean_ctx": 8192, "cap": 96}), (8, 2.0, {"blk": 32}),
                (8, 1.0, {"share": 0.8}), (16, 2.0, {})]
    for (i, hw), (j, model) in itertools.product(enumerate(HARDWARE), enumerate(MODELS)):
        tp, d, extra = settings[(i + j) % len(settings)]
        p = computed(HARDWARE[hw], MODELS[model], tp, d, **extra)
        yield {
            "hardware": hw, "model": model, "tp": tp, "dtype_bytes": d, **extra,
            "constants": [p["W"], p["H"], p["blocks"]], "sizes": [p["parameters"], p["active"], p["kv"]],
            "slots": [p["slots"](ctx) for ctx in (1000, 8192, 131072)],
            "step": [p["step"](1), p["step"](7, 3000)], "prefill": [p["prefill"](512, 0, 1), p["prefill"](2048, 30000, 64, 5000)],
            "service": [p["service"](1, 1, 8192), p["service"](6000, 500, 8192)],
            "throughput": p["throughput"](8192, 1450.9, 483.2),
            "power": [p["power"](1), p["power"](32), p["power"](500, 6000)],
            "decode": p["decode"](16), "decode_long": p["decode"](200, 12000),
        }


def manual_cases():
    for name in MANUAL:
        g = manual(name)
        watts_range = [g["idle"] + (g["nominal"] - g["idle"]) * k / 20 for k in range(-1, 22)]
        yield {
            "gpu": name, "slots": [g["slots"](c) for c in (1, 100, 1000, 2048, 5000, 8192, 10000, 65536)],
            "step": [g["step"](1), g["step"](17, 3333)],
            "service": [g["service"](1, 1, 8192), g["service"](3000, 700, 4096), g["service"](512, 128, 65536)],
            "throughput": g["throughput"](8192, 1450.9, 483.2),
            "power": [g["power"](n) for n in (-1, 0, 1, 2, 6, 17, 32, 100, 256)],
            "targets": watts_range, "sequences": [g["sequences"](w) for w in watts_range],
        }


def queueing_cases():
    loads = [(c, c * r) for c in (1, 2, 7, 64, 510, 3060, 20000) for r in (1e-6, 0.1, 0.5, 0.8, 0.9, 0.97, 0.999)]
    return {
        "erlang_c": [[c, a, erlang_c(c, a)] for c, a in [*loads, (0, 1.0), (5, 0.0), (5, 5.0), (5, 9.0)]],
        "p99_wait": [[c, lam, mu, cv2, p99_wait(c, lam, mu, cv2)]
                     for c, mu in ((1, 2.0), (16, 0.3), (300, 0.07)) for r in (0.05, 0.7, 0.95, 0.99) for cv2 in (0.01, 1.0, 4.7)
                     for lam in [c * mu * r]],
        "min_gpus": [[lam, mu, slo, cv2, slots, min_gpus(lam, mu, slo, cv2, slots)]
                     for lam in (0.0, 1e-6, 3.0, 40.0, 333.0) for mu, slots in ((0.9, 16), (10.05, 128), (0.2, 1))
                     for slo in (0.02, 0.5) for cv2 in (0.3, 3.2)],
    }


def planner_cases():
    azure, lmsys, agent = points("azure"), points("lmsys"), points("agent_heavy")
    a100, h100, a10g = manual("a100"), manual("h100"), manual("a10g")
    tp4, tp8 = ({**computed(HARDWARE["H100-SXM"], MODELS["llama-3.1-70b"], tp, 2.0, mean_ctx=1024), "chunk": 512, "cost": 4.02 * tp, "gpus": tp}
                for tp in (4, 8))
    rng = random.Random(42)
    other = random.Random(1099511627783)
    rounds = [0.25, 0.35, 0.45, 2.675, 1.005, -0.25, -0.35, 0.05, 0.15, 542.0688, 1e22, 123456789.05, 0.125, 2.5, 1e-7, 464.54999999999995]
    isl, osl = disagg_lengths(azure)
    short, long, alpha = split(azure, 5000)
    return {
        "random": [rng.random() for _ in range(12)],
        "randint": [rng.randint(1, high) for high in (1, 2, 3, 10, 64, 100, 1000, 65536, 2**31, 2**32 - 2)],
        "random_after": [rng.random() for _ in range(700)][-1],
        "random_of_large_seed": [other.random(), other.randint(-5, 5), other.random()],
        "round": [[x, digits, round(x, digits)] for x in rounds for digits in (0, 1, 2)],
        "cdf_eval": [[t, cdf_at(azure, t)] for t in (-1, 0, 1, 63, 64, 100, 6143, 6144, 8191, 65536, 70000)],
        "calibrate": [
            {"cdf": name, "ctx": ctx, "gpu": gpu, "shortest": shortest, "seed": seed,
             "result": calibrate(points(name), ctx, manual(gpu), shortest, seed)}
            for name, ctx, gpu, shortest, seed in (
                ("azure", 8192, "a100", 1, 42), ("agent_heavy", 65536, "h100", 1, 42), ("lmsys", 65536, "a10g", 1, 42),
                ("agent_heavy", 65536, "a100", 16384, 7), ("azure", 4000, "h100", 1, 1))],
        "gammas": [[top, gammas(top)] for top in (0.5, 1.0, 1.2, 1.25, 1.4, 1.7, 1.9, 2.0, 3.0)],
        "sweeps": [
            {"cdf": name, "lam": lam, "short": s, "long": l, "b": b, "ctx": ctx, "slo": slo, "p_c": p_c, "avail": avail,
             "rows": (rows := sweep(points(name), lam, manual(s), manual(l), b, ctx, slo, gammas(top), p_c, avail)),
             "top": top, "out": [rounded(r) for r in rows]}
            for name, lam, s, l, b, ctx, slo, top, p_c, avail in (
                ("azure", 200.0, "a100", "a100", 6144, 65536, 500.0, 2.0, 0.75, 1.0),
                ("azure", 200.0, "a100", "a100", 4096, 65536, 500.0, 2.0, 0.75, 1.0),
                ("azure", 100.0, "h100", "a100", 5000, 16384, 30.0, 1.5, 1.0, 0.95),
                ("lmsys", 50.0, "a10g", "h100", 2048, 32768, 200.0, 1.9, 0.3, 1.0),
                ("agent_heavy", 200.0, "a100", "a100", 16384, 65536, 1000.0, 1.2, 0.75, 0.98717),
                ("azure", 200.0, "a100", "a100", 40, 65536, 500.0, 1.0, 0.75, 1.0),
                ("azure", 0.4, "h100", "h100", 8192, 65536, 500.0, 2.0, 0.75, 1.0))],
        "whatif": [[lam, r["n_s"], r["n_l"], r["total_gpus"], round(r["annualised_cost_kusd"], 1), r["gamma"]]
                   for lam, r in whatif(azure, (50.0, 200.0, 1000.0), a100, a100, 4096, 65536, 500.0)],
        "compare": [[lam, r["total_gpus"], round(r["cost_per_hr"], 2), round(r["annualised_cost_kusd"], 1),
                     round(r["p99_ttft_short_ms"], 1), r["slo_met"]]
                    for gpu in (h100, a10g) for lam, r in whatif(lmsys, (20.0, 300.0), gpu, gpu, 4096, 65536, 60.0)],
        "pareto": [
            {"cdf": name, "lam": lam, "short": s, "long": l, "slo": slo, "ctx": ctx, "gamma": g,
             "rows": pareto(points(name), lam, manual(s), manual(l), slo, ctx, g)}
            for name, lam, s, l, slo, ctx, g in (
                ("azure", 200.0, "a100", "a100", 500.0, 8192, 1.0), ("lmsys", 100.0, "a100", "a100", 500.0, 65536, 1.0),
                ("agent_heavy", 60.0, "a100", "h100", 100.0, 65536, 1.5))],
        "disagg": [
            {"lengths": disagg_lengths(azure), "agent_lengths": disagg_lengths(agent)},
            disagg(h100, a100, isl, osl, 500.0, 100.0, 8192, 200.0),
            disagg(h100, a100, isl, osl, 500.0, 100.0, 8192, 113.0),
            disagg(a100, h100, 3000, 40, 5000.0, 100.0, 4096, 3000.0, 16, 32),
            disagg(tp4, tp8, 1024, 256, 2000.0, 100.0, 4096, 100.0, 8, 24),
            disagg(h100, h100, 4000, 2, 500.0, 100.0, 8192, 1900.0, 9, 9)],
        "grid_flex": [list(grid_flex(azure, 200.0, 40, "h100", 500.0, 8192, (0.0, 5.0, 10.0, 15.0, 20.0, 25.0, 30.0, 40.0, 50.0))),
                      list(grid_flex(lmsys, 90.0, 7, "a100", 15.0, 16384, (0.0, 12.5, 33.0))),
                      list(grid_flex(lmsys, 30.0, 4, "a10g", 100.0, 5000, (3.0, 60.0)))],
        "watts": [watts(azure, 100.0, name, 500.0, 8192, rho) for name in ("h100", "a100", "a10g") for rho in (None, 0.01, 0.2, 0.4, 0.6, 0.8, 0.99)],
        "fleet_watts": [fleet_watts([(azure, 100.0, "h100")], 500.0, 8192),
                        fleet_watts([(short, alpha * 100.0, "a10g"), (long, (1.0 - alpha) * 100.0, "h100")], 500.0, 8192)],
        "splits": [[b, *split(azure, b)] for b in (40, 64, 5000, 8192, 65536, 70000)],
    }


def write(room, name, value):
    def plain(x):
        if isinstance(x, float) and math.isinf(x):
            return "Infinity"
        if isinstance(x, dict):
            return {k: plain(v) for k, v in x.items()}
        return [plain(v) for v in x] if isinstance(x, (list, tuple)) else x

    (TEST / room / "python" / name).write_text(json.dumps(plain(value), indent=None, allow_nan=False) + "\n")


if __name__ == "__main__":
    write("profiles", "profiles.json", {"computed": list(profile_cases()), "manual": list(manual_cases())})
    write("queueing", "queueing.json", queueing_cases())
    write("planners", "planners.json", planner_cases())
