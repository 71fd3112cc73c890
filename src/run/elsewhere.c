#include "run/elsewhere.h"

#include "event/classes.h"
#include "run/board.h"

/* It says it each second. What is older is not of now: the process has ended, which is told, too.
 */
static const ward_ns old = 30 * WARD_NS_PER_S;

void ward_elsewhere_init(struct ward_elsewhere *p, int board, struct ward_reporter *reporter)
{
	*p = (struct ward_elsewhere){.board = board,
		.text = ward_wr_grow(ward_mem_heap(), WARD_BOARD_BYTES),
		.out = {.what = "supervisor.quorum", .reporter = reporter}};
}

void ward_elsewhere_fini(struct ward_elsewhere *p)
{
	ward_wr_fini(&p->text);
}

static bool set(
	struct ward_elsewhere *p, struct ward_event *e, const char *field, struct ward_value v)
{
	return ward_event_set(e, ward_name(&p->out.reporter->names, ward_str_z(field)), v) ==
	       WARD_OK;
}

/* "whole" as the pair of machines says it (standby/watch.h). */
static const char *what_of(const struct ward_quorum_state *s)
{
	return s->stand == WARD_QUORUM_WRITES ? "whole" : ward_quorum_stand_name(s->stand);
}

/* Told again after a new start it is the same event. */
static struct ward_id id_of(const struct ward_quorum_state *s)
{
	struct ward_idgen g;

	ward_idgen_init(&g, "ward quorum");
	ward_idgen_str(&g, ward_str_z(what_of(s)));
	ward_idgen_u64(&g, s->epoch);
	ward_idgen_u64(&g, (uint64_t)s->since);
	return ward_idgen_final(&g);
}

static bool put(struct ward_elsewhere *p)
{
	struct ward_names *names = &p->out.reporter->names;
	const struct ward_quorum_state *s = &p->is;
	struct ward_event e;

	ward_written_event(&p->out, &e);
	e.id = id_of(s);
	e.class = ward_name(names, ward_str_z(ward_class_info(WARD_CLASS_WARD_QUORUM)->name));
	return set(p, &e, "quorum.what", ward_value_str(ward_str_z(what_of(s)))) &&
	       set(p, &e, "quorum.host", ward_value_str(ward_str_z(s->host[0] ? s->host : "-"))) &&
	       set(p, &e, "quorum.fault",
		       ward_value_str(ward_str_z(ward_quorum_words(s->fault)->name))) &&
	       set(p, &e, "quorum.epoch", ward_value_int((int64_t)s->epoch)) &&
	       set(p, &e, "quorum.n", ward_value_int((int64_t)s->next)) &&
	       ward_written_put(&p->out, &e);
}

void ward_elsewhere_look(struct ward_elsewhere *p)
{
	struct ward_quorum_watch w = p->told;
	ward_ns now = ward_clock_now(p->out.reporter->clock);

	if (p->board < 0)
		return;
	ward_wr_reset(&p->text);
	if (ward_board_read(p->board, &p->last, &p->text) == WARD_OK &&
		ward_quorum_state_read(ward_wr_text(&p->text), ward_mem_heap(), &p->is) == WARD_OK)
		p->read = now;
	if (!p->read || !ward_quorum_watch(&w, &p->is, now))
		return;
	if (!ward_written_begin(&p->out))
		return;
	WARD_LOG(p->out.reporter->log, WARN, "quorum.told", WARD_KV_Z("what", what_of(&p->is)),
		WARD_KV_Z("fault", ward_quorum_words(p->is.fault)->name));
	if (put(p) && ward_written_flush(&p->out))
		p->told = w;
}

void ward_elsewhere_show(const struct ward_elsewhere *p, struct ward_json *j)
{
	const struct ward_quorum_state *s = &p->is;
	ward_ns now = ward_clock_now(p->out.reporter->clock), age;

	if (p->board < 0)
		return;
	ward_json_key(j, "quorum");
	ward_json_obj(j);
	ward_json_put_u64(
		j, "known", p->read && ward_sub(now, p->read, &age) && age < old && age > -old);
	ward_quorum_state_put(s, j);
	ward_json_put_z(j, "what", ward_quorum_words(s->fault)->what);
	ward_json_put_z(j, "mend", ward_quorum_words(s->fault)->mend);
	ward_json_obj_end(j);
}
