#include "run/beside.h"

#include "event/classes.h"
#include "run/board.h"

#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

/* What is older is not of now: the process `standby` says it each second. */
static const ward_ns old = 10 * WARD_NS_PER_S;

void ward_beside_init(struct ward_beside *p, const char *state, struct ward_reporter *reporter)
{
	*p = (struct ward_beside){
		.state = state, .out = {.what = "supervisor.standby", .reporter = reporter}};
}

/* In the folder of a process that faces the network: no link of its name is followed, and no more
 * is read than it may say. */
static bool recall(const struct ward_beside *p, struct ward_standby_state *ret)
{
	char path[PATH_MAX], text[WARD_STANDBY_STATE_MAX + 1];
	int n = snprintf(path, sizeof(path), "%s/standby/state.json", p->state),
	    fd = n > 0 && (size_t)n < sizeof(path)
			 ? open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC)
			 : -1;
	ssize_t len = fd < 0 ? -1 : read(fd, text, sizeof(text));

	if (fd >= 0)
		(void)close(fd);
	return len > 0 && ward_standby_state_read((struct ward_str){text, (size_t)len},
				  ward_mem_heap(), ret) == WARD_OK;
}

static bool set(struct ward_beside *p, struct ward_event *e, const char *field, struct ward_value v)
{
	return ward_event_set(e, ward_name(&p->out.reporter->names, ward_str_z(field)), v) ==
	       WARD_OK;
}

/* Told again after a new start it is the same event. */
static struct ward_id id_of(const struct ward_beside *p, const struct ward_standby_said *said)
{
	struct ward_idgen g;

	ward_idgen_init(&g, "ward standby");
	ward_idgen_str(&g, ward_str_z(p->is.node));
	ward_idgen_u64(&g, p->is.epoch);
	ward_idgen_str(&g, ward_str_z(ward_standby_news_name(said->what)));
	ward_idgen_u64(&g, (uint64_t)said->since);
	return ward_idgen_final(&g);
}

static bool put(struct ward_beside *p, const struct ward_standby_said *said)
{
	struct ward_names *names = &p->out.reporter->names;
	struct ward_event e;

	ward_written_event(&p->out, &e);
	e.id = id_of(p, said);
	e.class = ward_name(names, ward_str_z(ward_class_info(WARD_CLASS_WARD_STANDBY)->name));
	return set(p, &e, "standby.what",
		       ward_value_str(ward_str_z(ward_standby_news_name(said->what)))) &&
	       set(p, &e, "standby.node", ward_value_str(ward_str_z(p->is.node))) &&
	       set(p, &e, "standby.peer",
		       ward_value_str(ward_str_z(p->is.peer[0] ? p->is.peer : "-"))) &&
	       set(p, &e, "standby.epoch", ward_value_int((int64_t)p->is.epoch)) &&
	       set(p, &e, "standby.n", ward_value_int((int64_t)said->n)) &&
	       ward_written_put(&p->out, &e);
}

void ward_beside_look(struct ward_beside *p)
{
	struct ward_standby_watch w = p->told;
	struct ward_standby_said said[WARD_NEWS_N];
	ward_ns now = ward_clock_now(p->out.reporter->clock), age;
	size_t n;

	if (!p->state)
		return;
	p->known = recall(p, &p->is) && ward_sub(now, p->is.told, &age) && age < old && age > -old;
	n = p->known ? ward_standby_look(&w, &p->is, now, said) : 0;
	if (n && !ward_written_begin(&p->out))
		return;
	for (size_t i = 0; i < n; i++) {
		WARD_LOG(p->out.reporter->log, WARN, "standby.told",
			WARD_KV_Z("what", ward_standby_news_name(said[i].what)),
			WARD_KV_U("epoch", p->is.epoch));
		if (!put(p, &said[i]))
			return;
	}
	if (!n || ward_written_flush(&p->out))
		p->told = w;
}

void ward_beside_show(const struct ward_beside *p, struct ward_json *j)
{
	const struct ward_standby_state *s = &p->is;

	if (!p->state)
		return;
	ward_json_key(j, "standby");
	ward_json_obj(j);
	ward_json_put_u64(j, "known", p->known);
	ward_json_put_z(j, "node", s->node);
	ward_json_put_z(j, "peer", s->peer);
	ward_json_put_z(j, "mode", ward_standby_mode_name(s->mode));
	ward_json_put_z(j, "how", ward_took_name(s->how));
	ward_json_put_u64(j, "epoch", s->epoch);
	ward_board_ns(j, "led", s->led ? s->led : WARD_NS_NEVER);
	ward_board_ns(j, "alone_since", s->alone_since ? s->alone_since : WARD_NS_NEVER);
	ward_board_ns(j, "witness_since", s->witness_since ? s->witness_since : WARD_NS_NEVER);
	ward_json_put_u64(j, "lag", s->lag);
	ward_json_put_u64(j, "carried", s->carried);
	ward_json_put_u64(j, "carried_lag_s", s->carried_lag_s);
	ward_json_put_u64(j, "late", s->carried_lag_s >= WARD_NEWS_LAG * s->tell_after_s);
	ward_json_put_u64(j, "diverged", s->diverged);
	ward_json_obj_end(j);
}
