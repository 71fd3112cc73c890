#include "run/proc/poller.h"

#include "base/fd.h"

#include <unistd.h>

enum { PLAN_MAX = 1 << 25, WAIT_MS = 1000 };

static const ward_ns every_default = 60 * WARD_NS_PER_S;

static void read_plan(struct poller *s)
{
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), PLAN_MAX);
	int fd = ward_process_need_fd(&s->p, "plan");
	uint8_t buf[4096];
	off_t at = 0;
	ssize_t n;
	enum ward_err err;

	/* at its places: each life reads it from the beginning */
	while ((n = pread(fd, buf, sizeof(buf), at)) > 0) {
		ward_wr_bytes(&w, buf, (size_t)n);
		at += n;
	}
	ward_poll_plan_init(&s->plan, ward_mem_heap(), &s->lim);
	err = n < 0 ? WARD_ERR_IO : WARD_OK;
	if (!err)
		err = ward_wr_bad(&w) ? WARD_ERR_LIMIT
				      : ward_poll_plan_read(&s->plan, ward_wr_text(&w));
	ward_wr_fini(&w);
	if (err)
		ward_process_die(&s->p, "the points", err);
}

void poller_begin(struct poller *s, const char *name, int argc, char **argv)
{
	ward_process_begin(&s->p, name, argc, argv);
	ward_process_limits(&s->p, &s->lim);
	ward_arena_init(&s->arena, ward_mem_heap(), (size_t)1 << 20);
	if (ward_names_init(&s->names, ward_mem_heap(), &s->lim) != WARD_OK ||
		ward_feeder_new(&s->p, &s->names, &s->feeder) != WARD_OK)
		ward_process_die(&s->p, "out of memory", WARD_ERR_NOMEM);
	s->source = ward_str_z(poller_must(s, "source"));
	s->every = (ward_ns)poller_number(s, "every", INT64_MAX, (uint64_t)every_default);
	read_plan(s);
}

enum ward_err poller_put(void *ctx, const struct ward_event *e)
{
	struct poller *s = ctx;
	struct ward_event copy;
	enum ward_err err;

	ward_arena_reset(&s->arena);
	err = ward_event_copy(e, &s->arena, &copy);
	if (!err)
		ward_feeder_event(s->feeder, &copy);
	return err;
}

struct ward_poll_now poller_now(const struct poller *s)
{
	return (struct ward_poll_now){ward_clock_now(s->p.clock), ward_clock_mono(s->p.clock)};
}

const char *poller_must(struct poller *s, const char *key)
{
	const char *v = ward_process_setting(&s->p, key);

	if (!v)
		ward_process_die(&s->p, key, WARD_ERR_CONFIG);
	return v;
}

uint64_t poller_number(struct poller *s, const char *key, uint64_t max, uint64_t otherwise)
{
	const char *v = ward_process_setting(&s->p, key);
	uint64_t n = otherwise;

	if (v && (!ward_str_u64(ward_str_z(v), &n) || !n || n > max))
		ward_process_die(&s->p, key, WARD_ERR_CONFIG);
	return n;
}

void poller_bad_point(struct poller *s, size_t i, const char *why)
{
	const struct ward_poll_point *p = &s->plan.point[i];

	WARD_LOG(&s->p.log, ERROR, "poll.address", WARD_KV_S("point", p->id),
		WARD_KV_S("address", p->address), WARD_KV_Z("why", why));
	ward_process_die(&s->p, "a point's address", WARD_ERR_CONFIG);
}

int poller_wait_ms(const struct poller *s, ward_ns due)
{
	ward_ns left = due - ward_clock_mono(s->p.clock);

	if (left <= 0)
		return 0;
	if (left >= WAIT_MS * WARD_NS_PER_MS)
		return WAIT_MS;
	return (int)((left + WARD_NS_PER_MS - 1) / WARD_NS_PER_MS);
}
