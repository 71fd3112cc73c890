#include "cli/past.h"

#include "cli/rules.h"
#include "cli/stored.h"
#include "cli/when.h"
#include "journal/look.h"
#include "story/zone.h"

#include <errno.h>

enum {
	EVENT_BYTES_MAX = 64 << 20,
	OUT_BYTES_MAX = 64 << 20,
	COL_RULE = 55, /* where text begins beside the numbers */
	COL_ROLE = 47,
	COL_BELOW = 7,   /* and below them */
	TEXT_LEAST = 40, /* columns that text needs beside */
};

int ward_cli_past_begin(struct ward_cli_past *p)
{
	int code;

	p->begun = ward_clock_now(ward_clock_system());
	p->first = WARD_NS_NEVER;
	p->last = INT64_MIN;
	code = ward_cli_since(p->cmd, p->since_text, p->begun, &p->since);
	if (code)
		return code;
	if (ward_past_new(p->model, p->ruleset, p->since, ward_mem_heap(), &p->past) != WARD_OK)
		return ward_cli_fail(p->cmd, "out of memory");
	return WARD_EXIT_DONE;
}

void ward_cli_past_fini(struct ward_cli_past *p)
{
	ward_past_free(p->past);
}

static enum ward_err on_incident(struct ward_cli_past *p, const struct ward_incident *in)
{
	struct ward_past_incident now = {.id = in->id,
		.stands = in->state != WARD_INCIDENT_DISMISSED && in->last >= p->since,
		.superseded = in->superseded,
		.n_superseded = in->n_superseded};
	enum ward_err err = ward_past_incident(p->past, &now);

	for (size_t i = 0; !err && i < in->n_member; i++)
		err = ward_past_member(p->past, in->member[i].d);
	return err;
}

void ward_cli_past_output(struct ward_cli_past *p, const struct ward_output *o)
{
	enum ward_err err = WARD_OK;

	if (o->detection)
		err = ward_past_detection(p->past, o->detection);
	else if (o->incident)
		err = on_incident(p, o->incident);
	p->failed |= err != WARD_OK;
}

/* As the brain of `ward run` takes it. */
static enum ward_err on_record(struct ward_cli_past *p, struct ward_brain *b,
	const struct ward_record *rec, struct ward_arena *arena)
{
	struct ward_event e;
	enum ward_err err;

	if (rec->type == WARD_RECORD_TICK)
		return ward_brain_tick(b, rec->time);
	if (rec->type != WARD_RECORD_EVENT)
		return WARD_OK;
	ward_arena_reset(arena);
	err = ward_event_decode(rec->data, p->names, arena, p->lim, &e);
	if (err == WARD_ERR_NOMEM)
		return err;
	if (err) {
		p->n_undecodable++;
		return WARD_OK;
	}
	if (e.time >= p->since) {
		p->n_event++;
		p->first = e.time < p->first ? e.time : p->first;
		p->last = e.time > p->last ? e.time : p->last;
	}
	if (rec->lane == WARD_LANE_CONTROL &&
		ward_str_eqz(ward_name_text(p->names, e.class), WARD_PERMIT_CLASS))
		err = ward_brain_permit_event(b, &e);
	return err ? err : ward_brain_event(b, &e);
}

static enum ward_err feed(struct ward_cli_past *p, struct ward_brain *b, const struct ward_io *io)
{
	WARD_AUTO(ward_look_closep) struct ward_look *l = NULL;
	struct ward_arena arena;
	struct ward_record rec;
	enum ward_err err = ward_look_open(io, ward_mem_heap(), &l);

	if (err)
		return err;
	ward_arena_init(&arena, ward_mem_heap(), EVENT_BYTES_MAX);
	ward_look_start(l, false, (struct ward_look_watch){NULL, NULL, NULL});
	while (!err && !p->failed) {
		err = ward_look_next(l, &rec);
		if (!err)
			err = on_record(p, b, &rec, &arena);
	}
	p->n_damaged = ward_look_stats(l).n_damaged;
	p->n_gone = ward_look_stats(l).n_gone;
	ward_arena_fini(&arena);
	if (err != WARD_ERR_CLOSED)
		return err;
	return ward_brain_tick(b, WARD_NS_NEVER);
}

static const char *const month[] = {
	"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

static void put_time(struct ward_wr *w, ward_ns t)
{
	struct ward_local l;

	ward_zone_local(t, &l);
	ward_wr_printf(w, "%2d %s %02d:%02d", l.day, month[l.month - 1], l.hour, l.minute);
}

static void put_head(const struct ward_cli_past *p, struct ward_wr *w)
{
	struct ward_ruleset_counts n = ward_ruleset_counts(p->ruleset);

	ward_wr_printf(w, "What today's rules would have raised, ");
	if (p->n_event) {
		put_time(w, p->first);
		ward_wr_z(w, " to ");
		put_time(w, p->last);
	} else {
		ward_wr_z(w, "since then");
	}
	ward_wr_printf(w, " (%llu events):\n%zu rules live, %zu notice, %zu shadow%s, %zu off\n\n",
		(unsigned long long)p->n_event, n.n_stage[WARD_STAGE_LIVE],
		n.n_stage[WARD_STAGE_NOTICE], n.n_stage[WARD_STAGE_SHADOW],
		p->shadow_live ? " (taken as live)" : "", n.n_stage[WARD_STAGE_OFF]);
}

static void put_roles(struct ward_text *t, const struct ward_past_result *r, uint32_t roles)
{
	bool first = true;

	for (size_t i = 0; i < r->n_name; i++) {
		if (!(roles >> i & 1))
			continue;
		ward_text_z(t, WARD_STYLE_PLAIN, first ? " \u2192 " : ", ");
		ward_text_put(t, WARD_STYLE_PLAIN, r->name[i]);
		first = false;
	}
}

/* What stands behind the numbers: beside them where the terminal is wide, else below. */
static void put_beside(struct ward_wr *w, struct ward_str text, size_t col, bool wide)
{
	for (bool first = true; text.len; first = false) {
		struct ward_str line = ward_str_cut(&text, '\n');

		if (first && !wide)
			ward_wr_ch(w, '\n');
		ward_wr_printf(w, "%*s", first && wide ? 0 : wide ? (int)col : COL_BELOW, "");
		ward_wr_str(w, line);
		ward_wr_ch(w, '\n');
	}
}

/* A paragraph of its own width, to stand beside numbers. */
struct beside {
	struct ward_wr w;
	struct ward_text t;
	bool wide;
};

static void beside_open(struct beside *b, struct ward_wr *out, size_t col)
{
	struct ward_text whole = ward_cli_rules_text(out);

	b->wide = whole.width >= col + TEXT_LEAST;
	b->w = ward_wr_grow(ward_mem_heap(), 1 << 20);
	ward_text_init(&b->t, whole.width - (b->wide ? col : COL_BELOW), whole.colour);
	b->t.w = &b->w;
	ward_text_open(&b->t, 0, 0);
}

static void beside_close(struct beside *b, struct ward_wr *out, size_t col)
{
	ward_text_close(&b->t);
	put_beside(out, ward_wr_text(&b->w), col, b->wide);
	ward_wr_fini(&b->w);
}

static void put_rule(
	struct ward_wr *w, const struct ward_past_result *r, const struct ward_past_rule *u)
{
	static const enum ward_style style[WARD_LEVEL_N] = {WARD_STYLE_DIM, WARD_STYLE_PLAIN,
		WARD_STYLE_WARN, WARD_STYLE_ALARM, WARD_STYLE_ALARM};
	struct beside b;

	ward_wr_printf(w, "%-6s %7llu %10llu  ", ward_stage_name(u->stage),
		(unsigned long long)u->n_alarm, (unsigned long long)u->n_incident);
	if (u->n_alarm) {
		put_time(w, u->first);
		ward_wr_z(w, "  ");
		put_time(w, u->last);
		ward_wr_z(w, "  ");
	} else {
		ward_wr_printf(w, "%28s", "");
	}
	beside_open(&b, w, COL_RULE);
	ward_text_z(&b.t, style[u->level], ward_level_name(u->level));
	ward_text_z(&b.t, WARD_STYLE_PLAIN, " ");
	ward_text_put(&b.t, WARD_STYLE_BOLD, u->title);
	if (u->level >= WARD_LEVEL_MEDIUM) /* weaker signs call nobody */
		put_roles(&b.t, r, u->roles);
	if (u->n_expected) {
		char text[64];

		(void)snprintf(text, sizeof(text), " (%llu expected by works permits)",
			(unsigned long long)u->n_expected);
		ward_text_z(&b.t, WARD_STYLE_DIM, text);
	}
	beside_close(&b, w, COL_RULE);
}

static void put_role(struct ward_wr *w, const struct ward_past_role *r)
{
	ward_ns noon = (r->busiest * 86400 + 43200) * WARD_NS_PER_S;
	int64_t unused;
	int y, m, d;
	struct beside b;

	if (!r->n_alarm)
		return;
	ward_time_split(noon, &y, &m, &d, &unused);
	ward_wr_printf(w, "%7llu %10llu %9llu  %5llu on %2d %s  ", (unsigned long long)r->n_alarm,
		(unsigned long long)r->n_incident, (unsigned long long)r->n_night,
		(unsigned long long)r->n_busiest, d, month[m - 1]);
	beside_open(&b, w, COL_ROLE);
	ward_text_put(&b.t, WARD_STYLE_BOLD, r->name);
	if (r->reach.len) {
		ward_text_z(&b.t, WARD_STYLE_PLAIN, " (");
		ward_text_put(&b.t, WARD_STYLE_PLAIN, r->reach);
		ward_text_z(&b.t, WARD_STYLE_PLAIN, ")");
	}
	beside_close(&b, w, COL_ROLE);
}

static void put_text(
	const struct ward_cli_past *p, const struct ward_past_result *r, struct ward_wr *w)
{
	uint64_t n_call = 0;

	put_head(p, w);
	for (size_t i = 0; i < r->n_role; i++)
		n_call += r->role[i].n_alarm;
	if (r->n_rule)
		ward_wr_z(w,
			"stage   alarms  incidents  first         last          rule, and who is "
			"called first\n");
	for (size_t i = 0; i < r->n_rule; i++)
		put_rule(w, r, &r->rule[i]);
	if (n_call)
		ward_wr_z(w,
			"\nWho would have been called (live rules, medium and up, nothing that "
			"a permit expects):\n alarms  incidents  at night  busiest day     "
			"role\n");
	for (size_t i = 0; i < r->n_role; i++)
		put_role(w, &r->role[i]);
	ward_wr_printf(w, "%s%llu alarm%s, %llu incident%s%s\n", r->n_rule ? "\n" : "",
		(unsigned long long)r->n_alarm, r->n_alarm == 1 ? "" : "s",
		(unsigned long long)r->n_incident, r->n_incident == 1 ? "" : "s",
		n_call ? "" : "; nobody would have been called");
}

static void json_rule(
	struct ward_wr *w, const struct ward_past_result *r, const struct ward_past_rule *u)
{
	struct ward_json j = ward_json_on(w);

	ward_json_obj(&j);
	ward_json_put_str(&j, "kind", WARD_STR("rule_past"));
	ward_json_put_str(&j, "rule", u->id);
	ward_json_put_str(&j, "title", u->title);
	ward_json_put_str(&j, "level", ward_str_z(ward_level_name(u->level)));
	ward_json_put_str(&j, "stage", ward_str_z(ward_stage_name(u->stage)));
	ward_json_put_u64(&j, "alarms", u->n_alarm);
	ward_json_put_u64(&j, "expected", u->n_expected);
	ward_json_put_u64(&j, "incidents", u->n_incident);
	if (u->n_alarm) {
		ward_json_key(&j, "first");
		ward_json_time(&j, u->first);
		ward_json_key(&j, "last");
		ward_json_time(&j, u->last);
	}
	ward_json_key(&j, "roles");
	ward_json_arr(&j);
	for (size_t i = 0; i < r->n_name; i++)
		if (u->roles >> i & 1)
			ward_json_str(&j, r->name[i]);
	ward_json_arr_end(&j);
	ward_json_obj_end(&j);
	ward_wr_ch(w, '\n');
}

static void json_role(struct ward_wr *w, const struct ward_past_role *r)
{
	struct ward_json j = ward_json_on(w);
	char day[16];
	int64_t unused;
	int y, m, d;

	if (!r->n_alarm)
		return;
	ward_time_split(r->busiest * 86400 * WARD_NS_PER_S, &y, &m, &d, &unused);
	(void)snprintf(day, sizeof(day), "%04d-%02d-%02d", y, m, d);
	ward_json_obj(&j);
	ward_json_put_str(&j, "kind", WARD_STR("role_past"));
	ward_json_put_str(&j, "role", r->code);
	ward_json_put_str(&j, "name", r->name);
	ward_json_put_str(&j, "reach", r->reach);
	ward_json_put_u64(&j, "alarms", r->n_alarm);
	ward_json_put_u64(&j, "incidents", r->n_incident);
	ward_json_put_u64(&j, "at_night", r->n_night);
	ward_json_put_str(&j, "busiest_day", ward_str_z(day));
	ward_json_put_u64(&j, "busiest_day_alarms", r->n_busiest);
	ward_json_obj_end(&j);
	ward_wr_ch(w, '\n');
}

static void put_json(
	const struct ward_cli_past *p, const struct ward_past_result *r, struct ward_wr *w)
{
	struct ward_json j = ward_json_on(w);

	for (size_t i = 0; i < r->n_rule; i++)
		json_rule(w, r, &r->rule[i]);
	for (size_t i = 0; i < r->n_role; i++)
		json_role(w, &r->role[i]);
	ward_json_obj(&j);
	ward_json_put_str(&j, "kind", WARD_STR("summary"));
	ward_json_put_u64(&j, "events", p->n_event);
	ward_json_put_u64(&j, "alarms", r->n_alarm);
	ward_json_put_u64(&j, "incidents", r->n_incident);
	ward_json_key(&j, "shadow_as_live");
	ward_json_bool(&j, p->shadow_live);
	ward_json_obj_end(&j);
	ward_wr_ch(w, '\n');
}

static int put(struct ward_cli_past *p)
{
	struct ward_past_result r;
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), OUT_BYTES_MAX);
	enum ward_err err = ward_past_end(p->past, &r);

	if (err)
		return ward_cli_fail(p->cmd, "%s", ward_err_text(err));
	if (p->json)
		put_json(p, &r, &w);
	else
		put_text(p, &r, &w);
	bool ok = ward_cli_put(&w, stdout);

	ward_wr_fini(&w);
	return ok ? WARD_EXIT_DONE : WARD_EXIT_RUN;
}

/* What could not be read; an exit code. */
static int left_out(const struct ward_cli_past *p)
{
	if (p->n_damaged)
		fprintf(stderr, "ward replay: %llu damaged places of the journal were left out\n",
			(unsigned long long)p->n_damaged);
	if (p->n_gone)
		fprintf(stderr, "ward replay: %llu segments went by retention meanwhile\n",
			(unsigned long long)p->n_gone);
	if (p->n_undecodable)
		fprintf(stderr,
			"ward replay: %llu records can't be read: of another version of Ward?\n",
			(unsigned long long)p->n_undecodable);
	return p->n_damaged || p->n_undecodable ? WARD_EXIT_INPUT : WARD_EXIT_DONE;
}

int ward_cli_past_run(struct ward_cli_past *p, struct ward_brain *b)
{
	char state[PATH_MAX], path[PATH_MAX + 16];
	struct ward_io_dir journal;
	int code = ward_cli_state(p->cmd, p->state, ward_model_hospital(p->model)->id, state);

	if (code)
		return code;
	(void)snprintf(path, sizeof(path), "%s/journal", state);
	enum ward_err err = ward_io_dir_open(&journal, path, false, false);

	if (err == WARD_ERR_NOT_FOUND)
		return ward_cli_fail(
			p->cmd, "nothing is recorded in '%s'; --state names another folder", state);
	if (err)
		return ward_cli_fail(p->cmd, "cannot read '%s': %s%s", path, strerror(errno),
			err == WARD_ERR_DENIED ? "; be the user of 'ward run'" : "");
	err = feed(p, b, &journal.io);
	ward_io_dir_close(&journal);
	if (err || p->failed)
		return ward_cli_fail(p->cmd, "the journal: %s",
			err ? ward_err_text(err) : "too many alarms to count");
	code = put(p);
	return code ? code : left_out(p);
}
