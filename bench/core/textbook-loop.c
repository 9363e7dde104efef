/*
 * The event loop of the request-level engine in C with a textbook binary heap: the same loop as typed-array-loop.ts, entry by entry.
 *
 * Usage: textbook-loop FILE
 *
 * FILE (little endian, as textbook-c.ts writes it):
 *     f64 pools, requests
 *     per pool: f64 replicas, slots, max_ctx, block_size, W, H, calibration_ctx, chunk
 *     f64 arrival_s[requests], u32 input[requests], u32 output[requests]
 *
 * Plays the requests twice, the first time to warm memory up, and prints as JSON the CPU time of the second time, ns, and the totals of every pool.
 */
#define _POSIX_C_SOURCE 199309L
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const double TICKS_PER_SECOND = 1e9;
/* From 2^52 on every double is whole: adding it rounds to the nearest whole number, halves to even. */
static const double WHOLE = 4503599627370496.0;

typedef struct {
  double replicas, slots, max_ctx, block_size, W, H, calibration_ctx, chunk;
} Spec;

/* The replica with the fewest requests: a tournament tree of keys requests * size + replica. */
typedef struct {
  int32_t size;
  int32_t *keys;
} LeastOutstanding;

typedef struct {
  double W, H, calibration_ctx, slots;
  uint32_t max_ctx, block_size, chunk;
  int32_t first_replica, busy, waiting, kv_used;
  int64_t arrived, completed, output_tokens;
  double touched, busy_area, waiting_area, kv_area, e2e_sum;
  LeastOutstanding balancer;
} Pool;

typedef struct {
  int32_t pool, slots, busy, queued, head, tail;
} Replica;

static int32_t pools, requests, replica_count, slot_count;
static Spec *specs;
static double *arrival_s;
static uint32_t *input, *output;

static Pool *pool;
static Replica *replica;

static int32_t heap_size;
static double *heap_time;
static int32_t *heap_request;

static double *wait_ticks, *ttft, *tpot, *e2e;
static int8_t *pool_of;
static int32_t *replica_of, *blocks, *following;

static void *allocate(size_t count, size_t size) {
  void *memory = calloc(count > 0 ? count : 1, size);
  if (memory == NULL) {
    fprintf(stderr, "out of memory\n");
    exit(1);
  }
  return memory;
}

static double nearest(double value) {
  return value < WHOLE ? value + WHOLE - WHOLE : value;
}

static void push(double time, int32_t request) {
  int32_t hole = heap_size++;
  while (hole > 0) {
    int32_t parent = (hole - 1) >> 1;
    if (heap_time[parent] <= time) break;
    heap_time[hole] = heap_time[parent];
    heap_request[hole] = heap_request[parent];
    hole = parent;
  }
  heap_time[hole] = time;
  heap_request[hole] = request;
}

static void pop(void) {
  int32_t size = --heap_size;
  double time = heap_time[size];
  int32_t request = heap_request[size];
  int32_t hole = 0;
  for (int32_t child = 1; child < size; child = 2 * hole + 1) {
    if (child + 1 < size && heap_time[child + 1] < heap_time[child]) child++;
    if (heap_time[child] >= time) break;
    heap_time[hole] = heap_time[child];
    heap_request[hole] = heap_request[child];
    hole = child;
  }
  heap_time[hole] = time;
  heap_request[hole] = request;
}

static void set_outstanding(LeastOutstanding *balancer, int32_t index, int32_t outstanding) {
  int32_t *keys = balancer->keys;
  int32_t node = balancer->size + index;
  int32_t key = outstanding * balancer->size + index;
  keys[node] = key;
  while (node > 1) {
    int32_t sibling = keys[node ^ 1];
    if (sibling < key) key = sibling;
    node >>= 1;
    if (keys[node] == key) return;
    keys[node] = key;
  }
}

/* Carries the time integrals of a pool on to tick. */
static void touch(Pool *p, double tick) {
  double elapsed = tick - p->touched;
  p->busy_area += p->busy * elapsed;
  p->waiting_area += p->waiting * elapsed;
  p->kv_area += p->kv_used * elapsed;
  p->touched = tick;
}

static void begin_service(int32_t i, Pool *p, Replica *r, double tick) {
  double service = e2e[i];
  double wait = tick - wait_ticks[i];
  wait_ticks[i] = wait;
  ttft[i] += wait;
  e2e[i] = wait + service;
  p->e2e_sum += wait + service;
  p->busy++;
  p->kv_used += blocks[i];
  r->busy++;
  push(tick + service, i);
}

static void complete(void) {
  double tick = heap_time[0];
  int32_t i = heap_request[0];
  pop();
  Replica *r = &replica[replica_of[i]];
  Pool *p = &pool[r->pool];
  touch(p, tick);
  p->completed++;
  p->busy--;
  p->kv_used -= blocks[i];
  p->output_tokens += output[i];
  r->busy--;
  if (r->queued > 0) {
    int32_t next = r->head;
    r->head = following[next];
    r->queued--;
    p->waiting--;
    begin_service(next, p, r, tick);
  }
  set_outstanding(&p->balancer, replica_of[i] - p->first_replica, r->busy + r->queued);
}

/* What the figures would be without a wait. */
static void price(int32_t i, const Pool *p) {
  uint32_t total = input[i] + output[i];
  double iteration = p->W + p->H * (total / p->calibration_ctx) * p->slots;
  double prefill = nearest((input[i] + p->chunk - 1) / p->chunk * iteration * TICKS_PER_SECOND);
  double decode = nearest(output[i] * iteration * TICKS_PER_SECOND);
  ttft[i] = prefill;
  tpot[i] = nearest(decode / output[i]);
  e2e[i] = prefill + decode;
  blocks[i] = (int32_t)((total + p->block_size - 1) / p->block_size);
}

static void arrive(int32_t i, double tick) {
  uint32_t total = input[i] + output[i];
  int32_t named = 0;
  while (named < pools && total > pool[named].max_ctx) named++;
  if (named == pools) {
    pool_of[i] = -1;
    return;
  }
  Pool *p = &pool[named];
  p->arrived++;
  pool_of[i] = (int8_t)named;
  price(i, p);
  wait_ticks[i] = tick;
  int32_t index = p->balancer.keys[1] & (p->balancer.size - 1);
  Replica *r = &replica[p->first_replica + index];
  replica_of[i] = p->first_replica + index;
  touch(p, tick);
  if (r->queued == 0 && r->busy < r->slots) {
    begin_service(i, p, r, tick);
  } else {
    if (r->queued == 0) r->head = i;
    else following[r->tail] = i;
    r->tail = i;
    r->queued++;
    p->waiting++;
  }
  set_outstanding(&p->balancer, index, r->busy + r->queued);
}

static void play(void) {
  for (int32_t i = 0; i < requests; i++) {
    double tick = nearest(arrival_s[i] * TICKS_PER_SECOND);
    while (heap_size > 0 && heap_time[0] <= tick) complete();
    arrive(i, tick);
  }
  while (heap_size > 0) complete();
}

static void read_exactly(void *to, size_t size, size_t count, FILE *file) {
  if (fread(to, size, count, file) != count) {
    fprintf(stderr, "the scenario file is too short\n");
    exit(1);
  }
}

static void read_scenario(const char *path) {
  FILE *file = fopen(path, "rb");
  if (file == NULL) {
    perror(path);
    exit(1);
  }
  double counts[2];
  read_exactly(counts, sizeof(double), 2, file);
  pools = (int32_t)counts[0];
  requests = (int32_t)counts[1];
  specs = allocate(pools, sizeof(Spec));
  arrival_s = allocate(requests, sizeof(double));
  input = allocate(requests, sizeof(uint32_t));
  output = allocate(requests, sizeof(uint32_t));
  read_exactly(specs, sizeof(Spec), pools, file);
  read_exactly(arrival_s, sizeof(double), requests, file);
  read_exactly(input, sizeof(uint32_t), requests, file);
  read_exactly(output, sizeof(uint32_t), requests, file);
  fclose(file);
}

static void build_fleet(void) {
  for (int32_t k = 0; k < pools; k++) {
    replica_count += (int32_t)specs[k].replicas;
    slot_count += (int32_t)(specs[k].replicas * specs[k].slots);
  }
  pool = allocate(pools, sizeof(Pool));
  replica = allocate(replica_count, sizeof(Replica));
  for (int32_t k = 0; k < pools; k++) {
    int32_t size = 1;
    while (size < specs[k].replicas) size *= 2;
    pool[k].balancer.size = size;
    pool[k].balancer.keys = allocate(2 * size, sizeof(int32_t));
  }
  heap_time = allocate(slot_count, sizeof(double));
  heap_request = allocate(slot_count, sizeof(int32_t));
  wait_ticks = allocate(requests, sizeof(double));
  ttft = allocate(requests, sizeof(double));
  tpot = allocate(requests, sizeof(double));
  e2e = allocate(requests, sizeof(double));
  pool_of = allocate(requests, sizeof(int8_t));
  replica_of = allocate(requests, sizeof(int32_t));
  blocks = allocate(requests, sizeof(int32_t));
  following = allocate(requests, sizeof(int32_t));
}

static void reset_fleet(void) {
  int32_t first = 0;
  for (int32_t k = 0; k < pools; k++) {
    const Spec *spec = &specs[k];
    LeastOutstanding balancer = pool[k].balancer;
    pool[k] = (Pool){.W = spec->W, .H = spec->H, .calibration_ctx = spec->calibration_ctx, .slots = spec->slots,
                     .max_ctx = (uint32_t)spec->max_ctx, .block_size = (uint32_t)spec->block_size,
                     .chunk = (uint32_t)spec->chunk, .first_replica = first, .balancer = balancer};
    for (int32_t node = 0; node < 2 * balancer.size; node++) balancer.keys[node] = INT32_MAX;
    for (int32_t index = 0; index < spec->replicas; index++) {
      set_outstanding(&balancer, index, 0);
      replica[first + index] = (Replica){.pool = k, .slots = (int32_t)spec->slots};
    }
    first += (int32_t)spec->replicas;
  }
}

static double cpu_ns(void) {
  struct timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return time.tv_sec * 1e9 + time.tv_nsec;
}

int main(int count, char **arguments) {
  if (count != 2) {
    fprintf(stderr, "usage: textbook-loop FILE\n");
    return 2;
  }
  read_scenario(arguments[1]);
  build_fleet();
  reset_fleet();
  play();
  reset_fleet();
  double begin = cpu_ns();
  play();
  double ns = cpu_ns() - begin;
  printf("{\"ns\":%.0f,\"totals\":[", ns);
  for (int32_t k = 0; k < pools; k++) {
    double ttft_sum = 0;
    for (int32_t i = 0; i < requests; i++) {
      if (pool_of[i] == k) ttft_sum += ttft[i];
    }
    printf("%s{\"arrived\":%lld,\"completed\":%lld,\"ttftTicks\":%.17g,\"e2eTicks\":%.17g}", k > 0 ? "," : "",
           (long long)pool[k].arrived, (long long)pool[k].completed, ttft_sum, pool[k].e2e_sum);
  }
  printf("]}\n");
  return 0;
}
