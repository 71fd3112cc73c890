#include "base/log.h"

#include "base/json.h"

#include <errno.h>
#include <unistd.h>

enum { LINE_MAX_BYTES = 4096, REPEAT_MAX = 10 };

static const char *const level_name[] = {
	[WARD_LOG_ERROR] = "error",
	[WARD_LOG_WARN] = "warn",
	[WARD_LOG_INFO] = "info",
	[WARD_LOG_DEBUG] = "debug",
};

void ward_log_init(struct ward_log *l, int fd, enum ward_log_level level, const char *process,
	const struct ward_clock *clock)
{
	*l = (struct ward_log){.fd = fd, .level = level, .process = process, .clock = clock};
}

/* True when this line is one too many within its second; *ret_held is how many earlier ones were
 * kept back and not yet told. */
static bool held_back(struct ward_log *l, const char *id, ward_ns now, uint64_t *ret_held)
{
	size_t i = 0;

	*ret_held = 0;
	while (i < WARD_LOG_IDS && l->seen[i].id && strcmp(l->seen[i].id, id) != 0)
		i++;
	if (i == WARD_LOG_IDS)
		return false;
	l->seen[i].id = id;
	if (now - l->seen[i].second >= WARD_NS_PER_S || now < l->seen[i].second) {
		*ret_held = l->seen[i].n_held;
		l->seen[i].second = now;
		l->seen[i].n = l->seen[i].n_held = 0;
	}
	if (++l->seen[i].n <= REPEAT_MAX)
		return false;
	l->seen[i].n_held++;
	return true;
}

static void put_value(struct ward_json *j, const struct ward_kv *kv)
{
	ward_json_key(j, kv->key);
	switch (kv->kind) {
	case WARD_KV_STR:
		ward_json_str(j, kv->s);
		break;
	case WARD_KV_U64:
		ward_json_u64(j, kv->u);
		break;
	case WARD_KV_I64:
		ward_json_i64(j, kv->i);
		break;
	case WARD_KV_ERR:
		ward_json_z(j, ward_err_text((enum ward_err)kv->u));
		break;
	}
}

void ward_log_put(struct ward_log *l, enum ward_log_level level, const char *id,
	const struct ward_kv *kv, size_t n_kv)
{
	char buf[LINE_MAX_BYTES];
	struct ward_wr w = ward_wr_fixed(buf, sizeof(buf));
	struct ward_json j = ward_json_on(&w);
	ward_ns now = ward_clock_now(l->clock);
	uint64_t held;

	if (level > l->level || held_back(l, id, now, &held))
		return;
	ward_json_obj(&j);
	ward_json_key(&j, "time");
	ward_json_time(&j, now);
	ward_json_key(&j, "level");
	ward_json_z(&j, level_name[level]);
	ward_json_key(&j, "process");
	ward_json_z(&j, l->process);
	ward_json_key(&j, "event");
	ward_json_z(&j, id);
	for (size_t i = 0; i < n_kv; i++)
		put_value(&j, &kv[i]);
	if (held) {
		ward_json_key(&j, "held_back");
		ward_json_u64(&j, held);
	}
	ward_json_obj_end(&j);
	ward_wr_ch(&w, '\n');
	if (ward_wr_bad(&w)) {
		l->n_lost++;
		return;
	}
	ssize_t n;

	do
		n = write(l->fd, w.p, w.len);
	while (n < 0 && errno == EINTR);
	if (n != (ssize_t)w.len)
		l->n_lost++;
}
