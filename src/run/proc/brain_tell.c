/* What the brain says of its rules and its sources: in the log, and on the boards that the console
 * shows. */
#include "run/board.h"
#include "run/proc/brain.h"

#include <stdio.h>

enum { WAITING_MAX = 32 };

void brain_on_window(void *ctx, struct ward_str rule, enum ward_window_fate fate)
{
	struct mind *m = ctx;
	struct brain_changed *c = m->changed;
	char name[RULE_BYTES];

	(void)snprintf(name, sizeof(name), "%.*s", WARD_STR_ARG(rule));
	while (c < m->changed + m->n_changed && strcmp(c->rule, name) != 0)
		c++;
	if (c == m->changed + CHANGED_MAX)
		(void)snprintf(name, sizeof(name), "(others)");
	else if (c == m->changed + m->n_changed)
		m->n_changed++;
	memcpy(c->rule, name, sizeof(name));
	*(fate == WARD_WINDOW_REARMED ? &c->n_rearmed : &c->n_dropped) += 1;
}

/* Which correlations begin anew, because they or what they hang on changed, and which judge by new
 * bounds what they hold. */
void brain_tell_windows(struct mind *m)
{
	for (size_t i = 0; i < CHANGED_MAX + 1; i++) {
		const struct brain_changed *c = &m->changed[i];

		if (c->n_dropped)
			WARD_LOG(&m->p.log, WARN, "brain.window_dropped",
				WARD_KV_Z("rule", c->rule), WARD_KV_U("windows", c->n_dropped));
		if (c->n_rearmed)
			WARD_LOG(&m->p.log, INFO, "brain.window_rearmed",
				WARD_KV_Z("rule", c->rule), WARD_KV_U("windows", c->n_rearmed));
	}
}

/* "building/gas_leak.yml" of a whole path. */
static struct ward_str base_name(struct ward_str path)
{
	size_t at = path.len, n = 0;

	while (at && (path.p[at - 1] != '/' || ++n < 2))
		at--;
	return ward_str_sub(path, at, path.len);
}

static void on_waiting(void *ctx, size_t i, struct ward_str field)
{
	struct mind *m = ctx;
	struct ward_rule_info r = ward_ruleset_rule(m->ruleset, i);

	if (m->waits)
		m->waits[i] = ward_arena_str(&m->waits_text, field);
	if (m->n_waiting++ < WAITING_MAX)
		WARD_LOG(&m->p.log, WARN, "brain.rule_waits", WARD_KV_S("rule", r.id),
			WARD_KV_S("title", r.title), WARD_KV_S("field", field),
			WARD_KV_Z("mend",
				"give the source this field, or correct the rule or its pipeline"));
}

static void put_rule(struct mind *m, struct ward_json *j, size_t i)
{
	struct ward_rule_info r = ward_ruleset_rule(m->ruleset, i);
	struct ward_str source = r.category.len ? r.category : r.service;

	ward_json_obj(j);
	ward_json_put_str(j, "id", r.id.len ? r.id : r.name.len ? r.name : r.title);
	ward_json_put_str(j, "title", r.title);
	ward_json_put_str(j, "level", ward_str_z(ward_level_name(r.level)));
	ward_json_put_str(j, "stage", ward_str_z(ward_stage_name(r.stage)));
	ward_json_put_str(j, "file", base_name(r.file));
	ward_json_put_str(j, "source", source.len ? source : r.product);
	ward_json_put_str(j, "state",
		ward_str_z(r.refused    ? "refused"
			   : r.unmapped ? "unmapped"
			   : r.silent   ? "part"
					: "watches"));
	ward_json_put_str(j, "reason", ward_str_z(r.reason ? r.reason : ""));
	ward_json_put_str(j, "waits", m->waits ? m->waits[i] : WARD_STR(""));
	ward_json_obj_end(j);
}

/* After loading, and when it is known anew which wait in vain. */
void brain_tell_rules(struct mind *m)
{
	struct ward_json *j;

	m->rules_board.written = 0;
	j = ward_board_begin(&m->rules_board, ward_clock_now(m->p.clock));
	if (!j)
		return;
	ward_json_key(j, "rules");
	ward_json_arr(j);
	for (size_t i = 0; i < ward_ruleset_counts(m->ruleset).n; i++)
		if (!ward_ruleset_rule(m->ruleset, i).filter)
			put_rule(m, j, i);
	ward_json_arr_end(j);
	(void)ward_board_end(&m->rules_board);
}

/* Rules whose logsource or field never came since the start: each once, in few lines. */
void brain_tell_waiting(struct mind *m)
{
	size_t n_source = 0;

	m->n_waiting = 0;
	if (ward_unseen_look(&m->unseen, ward_brain_detector(m->brain), on_waiting, m, &n_source) !=
		WARD_OK)
		brain_die(m, "out of memory", WARD_ERR_NOMEM);
	brain_tell_rules(m);
	if (!m->n_waiting && !n_source)
		return;
	ward_count_name(&m->p.counters, "brain.rules_without_source", n_source);
	ward_count_name(&m->p.counters, "brain.fields_unseen", m->n_waiting);
	WARD_LOG(&m->p.log, INFO, "brain.rules_wait", WARD_KV_U("without_source", n_source),
		WARD_KV_U("fields", m->n_waiting),
		WARD_KV_Z("which", "ward rules check --hospital HOSPITAL --events FILE"));
}

static void put_stream(struct ward_json *j, const struct ward_brain_stream *s)
{
	ward_json_key(j, "stream");
	ward_json_obj(j);
	ward_json_put_str(j, "profile", ward_str_z(s->profile));
	ward_json_put_u64(j, "width", s->width);
	ward_json_put_u64(j, "height", s->height);
	ward_json_put_u64(j, "millifps", s->millifps);
	ward_json_put_u64(j, "offered", s->offered);
	ward_json_put_u64(j, "suffices", s->suffices);
	ward_json_obj_end(j);
}

static void put_source(struct ward_json *j, const struct ward_brain_source *x)
{
	static const char *const name[] = {"", "offline", "damaged"};
	ward_ns patience = ward_brain_source_patience(x);

	ward_json_obj(j);
	ward_json_put_str(j, "id", x->of->id);
	ward_board_ns(j, "first", x->first);
	ward_board_ns(j, "last", x->last);
	ward_board_ns(j, "silent", x->silent);
	ward_board_ns(j, "patience", patience);
	ward_json_put_str(j, "trouble", ward_str_z(name[x->trouble]));
	ward_board_ns(j, "since", x->trouble_since);
	ward_json_put_str(j, "why", ward_str_z(x->why));
	if (x->stream.profile[0])
		put_stream(j, &x->stream);
	ward_json_put_u64(j, "events", x->n);
	ward_json_key(j, "hours"); /* the oldest first */
	ward_json_arr(j);
	for (int64_t h = x->hour + 1; h <= x->hour + WARD_BRAIN_HOURS; h++)
		ward_json_u64(j, x->per_hour[(uint64_t)h % WARD_BRAIN_HOURS]);
	ward_json_arr_end(j);
	ward_board_ns(j, "hour", x->hour * 3600 * WARD_NS_PER_S);
	ward_json_obj_end(j);
}

/* Once a second, what who shows it may know. */
void brain_tell_board(struct mind *m)
{
	struct ward_json *j = ward_board_begin(&m->board, ward_clock_now(m->p.clock));

	if (!j)
		return;
	ward_json_put_u64(j, "position", m->next - 1);
	ward_json_key(j, "sources");
	ward_json_arr(j);
	for (size_t i = 0; i < ward_brain_n_source(m->brain); i++)
		put_source(j, ward_brain_source_at(m->brain, i));
	ward_json_arr_end(j);
	(void)ward_board_end(&m->board);
}
