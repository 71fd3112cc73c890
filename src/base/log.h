/* Structured log of the program itself: one JSON line per event, on a descriptor.
 *
 * A constant event id, then typed fields. error: a person must act; warn: degraded; info: life
 * cycle; debug: off unless asked for. More than ten of one id within a second are counted, not
 * written. Never a patient identifier, a secret or raw payload. Single-threaded. */
#ifndef WARD_BASE_LOG_H
#define WARD_BASE_LOG_H

#include "base/clock.h"
#include "base/err.h"

enum ward_log_level { WARD_LOG_ERROR, WARD_LOG_WARN, WARD_LOG_INFO, WARD_LOG_DEBUG };

struct ward_kv {
	const char *key;
	enum { WARD_KV_STR, WARD_KV_U64, WARD_KV_I64, WARD_KV_ERR } kind;
	struct ward_str s;
	uint64_t u;
	int64_t i;
};

#define WARD_KV_S(k, v) ((struct ward_kv){.key = (k), .kind = WARD_KV_STR, .s = (v)})
#define WARD_KV_Z(k, v) ((struct ward_kv){.key = (k), .kind = WARD_KV_STR, .s = ward_str_z(v)})
#define WARD_KV_U(k, v) ((struct ward_kv){.key = (k), .kind = WARD_KV_U64, .u = (v)})
#define WARD_KV_I(k, v) ((struct ward_kv){.key = (k), .kind = WARD_KV_I64, .i = (v)})
#define WARD_KV_E(v) ((struct ward_kv){.key = "err", .kind = WARD_KV_ERR, .u = (uint64_t)(v)})

enum { WARD_LOG_IDS = 64 };

struct ward_log {
	int fd;
	enum ward_log_level level;
	const char *process;
	const struct ward_clock *clock;
	struct {
		const char *id;
		ward_ns second;
		uint64_t n, n_held;
	} seen[WARD_LOG_IDS];
	uint64_t n_lost; /* lines that the descriptor refused */
};

/* Borrows everything; process is the name written into each line. */
void ward_log_init(struct ward_log *l, int fd, enum ward_log_level level, const char *process,
	const struct ward_clock *clock);
void ward_log_put(struct ward_log *l, enum ward_log_level level, const char *id,
	const struct ward_kv *kv, size_t n_kv);
/* WARD_LOG(log, WARN, "net.drop", WARD_KV_U("packets", n), WARD_KV_Z("iface", name)) */
#define WARD_LOG(l, LEVEL, id, ...)                                                      \
	ward_log_put((l), WARD_LOG_##LEVEL, (id), (const struct ward_kv[]){__VA_ARGS__}, \
		sizeof((const struct ward_kv[]){__VA_ARGS__}) / sizeof(struct ward_kv))

#endif
