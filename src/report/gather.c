/* Rows to what is known of one incident. */
#include "report/report.h"

#include "event/json.h"

enum { SUBJECTS_MAX = 1 << 20 };

/* Members that are read of rows of other rooms. A row belongs to what the first ones name. */
#define FIELDS(X)                           \
	X(INCIDENT, "incident")             \
	X(COVERS, "covers.incident")        \
	X(INCIDENTS, "incidents")           \
	X(SUBJECT, "subject")               \
	X(REPORT, "report")                 \
	X(OF_RUN, "run")                    \
	X(OF_ACTION, "action_id")           \
	X(PROPOSAL, "proposal")             \
	X(MESSAGE, "message")               \
	X(REQUESTS, "requests.request")     \
	X(REQUEST, "request")               \
	X(ID, "id")                         \
	X(KIND, "kind")                     \
	X(CHANGE, "covers.change")          \
	X(DECISION, "decision")             \
	X(PLAYBOOK_NAME, "playbook_name")   \
	X(PLAYBOOK, "playbook")             \
	X(STEP_NAME, "step_name")           \
	X(STEP, "step")                     \
	X(ACTION, "action")                 \
	X(WHAT, "what")                     \
	X(ACT, "act")                       \
	X(STATE, "state")                   \
	X(OUTCOME, "outcome")               \
	X(ROLE_NAME, "role_name")           \
	X(ROLE, "role")                     \
	X(TARGET_NAME, "target_name")       \
	X(TARGET, "target")                 \
	X(ASSET_NAME, "asset_name")         \
	X(ASSET, "asset")                   \
	X(RECIPIENT_NAME, "recipient_name") \
	X(RECIPIENT, "recipient")           \
	X(CAMERA, "camera")                 \
	X(PLACE, "place")                   \
	X(WHY, "why")                       \
	X(REASON, "reason")                 \
	X(TEXT, "text")                     \
	X(HOST, "host")                     \
	X(THING, "thing")                   \
	X(DOES, "does")                     \
	X(ASKS, "asks")                     \
	X(ASKS_NAME, "asks_name")           \
	X(ASKS_ROLE, "asks_role")           \
	X(ASKS_DUE, "asks_due")             \
	X(WITHDRAWS, "withdraws")           \
	X(AT, "at")                         \
	X(TIME, "time")                     \
	X(FROM, "from")                     \
	X(TO, "to")                         \
	X(UNTIL, "until")                   \
	X(DUE, "due")                       \
	X(EXPIRES, "expires")               \
	X(EVIDENCE, "evidence")

enum field {
#define X(NAME, name) F_##NAME,
	FIELDS(X)
#undef X
		F_N,
};
static const char *const field_name[F_N] = {
#define X(NAME, name) name,
	FIELDS(X)
#undef X
};

static const char *const kind_name[WARD_REPORT_KINDS] = {
	"message", "clip", "photo", "recording", "run", "action", "decision"};
/* what `kind` says in rows */
static const char *const row_kind[WARD_REPORT_KINDS] = {
	"delivery", "clip", "photo", "preserve", "run", "action", "decision"};

const char *ward_report_kind_name(enum ward_report_kind k)
{
	return kind_name[k];
}

struct gather {
	const struct ward_report_ask *ask;
	struct ward_arena *arena;
	struct ward_report *r;
	struct ward_limits lim;
	struct ward_names names;
	struct ward_json_reader json;
	uint32_t field[F_N];
	struct ward_tab about; /* ids of the incident and of what belongs to it */
	struct ward_event e;   /* the row in hand */
};

static struct ward_str text(const struct gather *g, enum field f)
{
	const struct ward_value *v = ward_event_get(&g->e, g->field[f]);

	return v && v->kind == WARD_VALUE_STR ? v->s : WARD_STR("");
}

/* The first of these that the row has. */
static struct ward_str first_of(const struct gather *g, const enum field *f, size_t n)
{
	struct ward_str s = WARD_STR("");

	for (size_t i = 0; i < n && !s.len; i++)
		s = text(g, f[i]);
	return s;
}
#define FIRST_OF(g, ...)                                 \
	first_of((g), (const enum field[]){__VA_ARGS__}, \
		sizeof((const enum field[]){__VA_ARGS__}) / sizeof(enum field))

static ward_ns time_of(const struct gather *g, enum field f)
{
	ward_ns t;

	return ward_time_parse(text(g, f), &t) == WARD_OK ? t : WARD_NS_NEVER;
}

static bool is_about(struct gather *g, struct ward_str s)
{
	struct ward_id id;

	return ward_id_parse(s, &id) && ward_tab_find(&g->about, &id);
}

static enum ward_err add_about(struct gather *g, struct ward_id id)
{
	void *val;
	bool fresh;

	return ward_tab_put(&g->about, &id, &val, &fresh);
}

/* Does the row name the incident, or what belongs to it? *ret_place: where in a list. */
static bool belongs(struct gather *g, size_t *ret_place)
{
	*ret_place = 0;
	for (enum field f = F_INCIDENT; f <= F_ID; f++) {
		const struct ward_value *v = ward_event_get(&g->e, g->field[f]);

		if (v && v->kind == WARD_VALUE_STR && is_about(g, v->s))
			return true;
		for (uint32_t i = 0; v && v->kind == WARD_VALUE_LIST && i < v->n; i++) {
			if (v->item[i].kind != WARD_VALUE_STR || !is_about(g, v->item[i].s))
				continue;
			*ret_place = f == F_COVERS ? i : 0;
			return true;
		}
	}
	return false;
}

/* Names for people of what the hospital knows by this id. */
static struct ward_str named(const struct gather *g, struct ward_str id)
{
	uint32_t node = id.len ? ward_model_find(g->ask->model, id) : WARD_NONE;

	return node == WARD_NONE ? id : ward_model_node(g->ask->model, node)->name;
}

static struct ward_str change(const struct gather *g, size_t place)
{
	const struct ward_value *v = ward_event_get(&g->e, g->field[F_CHANGE]);

	if (v && v->kind == WARD_VALUE_LIST && place < v->n &&
		v->item[place].kind == WARD_VALUE_STR)
		return v->item[place].s;
	return text(g, F_CHANGE);
}

/* A step that its playbook gives no name ("start--0c97…"): it only leads to the next. */
static bool is_nameless(const struct gather *g)
{
	return !text(g, F_STEP_NAME).len &&
	       ward_str_find(text(g, F_STEP), WARD_STR("--")) != SIZE_MAX;
}

/* "playbook · step · what" of those that the row has. */
static struct ward_str what(struct gather *g, size_t place)
{
	bool nameless = is_nameless(g);
	const struct ward_str part[] = {change(g, place), text(g, F_DECISION),
		FIRST_OF(g, F_PLAYBOOK_NAME, F_PLAYBOOK),
		nameless ? WARD_STR("") : FIRST_OF(g, F_STEP_NAME, F_STEP),
		FIRST_OF(g, F_DOES, F_ACTION), text(g, F_WHAT), text(g, F_ASKS_NAME),
		nameless ? WARD_STR("") : text(g, F_ACT)};
	struct ward_wr w = ward_wr_grow(ward_mem_heap(), 64 << 10);

	for (size_t i = 0; i < WARD_ARRAY_LEN(part); i++) {
		if (part[i].len && ward_wr_text(&w).len)
			ward_wr_z(&w, " · ");
		ward_wr_str(&w, part[i]);
	}
	struct ward_str s = ward_arena_str(g->arena, ward_wr_text(&w));

	ward_wr_fini(&w);
	return s;
}

static enum ward_err step(struct gather *g, const struct ward_report_row *row,
	enum ward_report_kind kind, size_t place)
{
	struct ward_report_step *s = &g->r->step[g->r->n_step];
	struct ward_id id;
	ward_ns at = row->time;

	for (enum field f = F_AT; at == WARD_NS_NEVER && f <= F_TIME; f++)
		at = time_of(g, f);
	if (at == WARD_NS_NEVER)
		at = time_of(g, F_FROM);
	if (g->ask->as_then && at != WARD_NS_NEVER && at > g->ask->at)
		return WARD_OK;
	*s = (struct ward_report_step){.kind = kind,
		.row = row->row,
		.at = at,
		.from = time_of(g, F_FROM),
		.to = time_of(g, F_TO),
		.until = time_of(g, F_UNTIL),
		.id = kind == WARD_REPORT_RUN      ? FIRST_OF(g, F_OF_RUN, F_ID)
		      : kind == WARD_REPORT_ACTION ? FIRST_OF(g, F_OF_ACTION, F_ID)
						   : text(g, F_ID),
		.what = what(g, place),
		.state = text(g, kind == WARD_REPORT_RUN ? F_OUTCOME : F_STATE),
		.asks = text(g, F_ASKS),
		.ends = FIRST_OF(g, F_REQUEST, F_WITHDRAWS),
		.role = named(g, FIRST_OF(g, F_ASKS_ROLE, F_ROLE_NAME, F_ROLE)),
		.on = named(g, FIRST_OF(g, F_HOST, F_THING, F_TARGET_NAME, F_TARGET, F_ASSET_NAME,
				       F_ASSET, F_RECIPIENT_NAME, F_RECIPIENT, F_CAMERA, F_PLACE)),
		.why = FIRST_OF(g, F_WHY, F_REASON, F_TEXT)};
	if (s->until == WARD_NS_NEVER)
		s->until = time_of(g, F_DUE);
	if (s->until == WARD_NS_NEVER)
		s->until = time_of(g, F_EXPIRES);
	if (s->until == WARD_NS_NEVER)
		s->until = time_of(g, F_ASKS_DUE);
	if (!s->what.p)
		return WARD_ERR_NOMEM;
	g->r->n_step++;
	/* a camera's clip has one id, its incident's; that of the row is of the clip alone */
	enum ward_err err = ward_id_parse(s->id, &id) ? add_about(g, id) : WARD_OK;

	if (!err && ward_id_parse(text(g, F_ID), &id))
		err = add_about(g, id);
	if (!err && ward_id_parse(s->asks, &id))
		err = add_about(g, id);
	return err;
}

static enum ward_err other(struct gather *g, const struct ward_report_row *row)
{
	size_t place;
	enum ward_err err = ward_json_read_event(&g->json, row->json, g->arena, &g->e);

	if (err == WARD_ERR_NOMEM)
		return err;
	if (err) {
		g->r->n_unread++;
		return WARD_OK;
	}
	for (size_t k = 0; k < WARD_REPORT_KINDS; k++)
		if (ward_str_eqz(text(g, F_KIND), row_kind[k]))
			return belongs(g, &place) ? step(g, row, (enum ward_report_kind)k, place)
						  : WARD_OK;
	return WARD_OK;
}

static void turn(struct gather *g, const struct ward_report_row *row)
{
	const struct ward_record *is = row->is;
	struct ward_report *r = g->r;
	ward_ns at = row->time == WARD_NS_NEVER ? is->last : row->time;

	if (g->ask->as_then && is->last > g->ask->at)
		return;
	if (r->n_turn && r->turn[r->n_turn - 1].level == is->level &&
		ward_str_eq(r->turn[r->n_turn - 1].state, is->state))
		return;
	r->turn[r->n_turn++] = (struct ward_report_turn){at, is->level, is->state};
}

static void seen(struct ward_report *r, uint64_t row)
{
	if (!row)
		return;
	if (!r->first_row)
		r->first_row = row;
	r->last_row = row;
}

/* Rows of the brain are gathered by exchange; of the incident's own the turns are kept. */
static enum ward_err rows(struct gather *g)
{
	const struct ward_report_ask *ask = g->ask;
	enum ward_err err = WARD_OK;

	for (size_t i = 0; !err && i < ask->n_row; i++) {
		const struct ward_record *is = ask->row[i].is;
		size_t before = g->r->n_step;

		if (is->kind == WARD_RECORD_INCIDENT && ward_id_eq(is->id, ask->id)) {
			turn(g, &ask->row[i]);
			seen(g->r, ask->row[i].row);
		} else if (is->kind == WARD_RECORD_IMPACT && ward_id_eq(is->incident, ask->id)) {
			seen(g->r, ask->row[i].row);
		} else if (is->kind != WARD_RECORD_DETECTION && is->kind != WARD_RECORD_INCIDENT &&
			   is->kind != WARD_RECORD_IMPACT) {
			err = other(g, &ask->row[i]);
		}
		if (g->r->n_step > before)
			seen(g->r, ask->row[i].row);
	}
	return err;
}

/* The events of a detection: what people reported among them may have a photo. */
static enum ward_err evidence(struct gather *g, const struct ward_report_row *row)
{
	enum ward_err err = ward_json_read_event(&g->json, row->json, g->arena, &g->e);
	const struct ward_value *v = err ? NULL : ward_event_get(&g->e, g->field[F_EVIDENCE]);

	for (uint32_t i = 0; !err && v && v->kind == WARD_VALUE_LIST && i < v->n; i++) {
		struct ward_id id;

		if (v->item[i].kind == WARD_VALUE_STR && ward_id_parse(v->item[i].s, &id))
			err = add_about(g, id);
	}
	return err == WARD_ERR_NOMEM ? err : WARD_OK;
}

/* What was told and done of those that this one took up is of this one; so is what belongs to the
 * events of its detections. */
static enum ward_err subjects(struct gather *g)
{
	enum ward_err err = add_about(g, g->ask->id);
	struct ward_tab detection;

	ward_tab_init(&detection, ward_mem_heap(), sizeof(struct ward_id), 1, SUBJECTS_MAX);
	for (size_t i = 0; i < g->ask->n_row; i++) {
		const struct ward_record *is = g->ask->row[i].is;
		void *val;
		bool fresh;

		if (is->kind != WARD_RECORD_INCIDENT || !ward_id_eq(is->id, g->ask->id))
			continue;
		for (size_t k = 0; !err && k < is->n_superseded; k++)
			err = add_about(g, is->superseded[k]);
		for (size_t k = 0; !err && k < is->n_member; k++)
			err = ward_tab_put(&detection, &is->member[k].detection, &val, &fresh);
	}
	for (size_t i = 0; !err && i < g->ask->n_row; i++) {
		const struct ward_record *is = g->ask->row[i].is;

		if (is->kind == WARD_RECORD_DETECTION && ward_tab_find(&detection, &is->id))
			err = evidence(g, &g->ask->row[i]);
	}
	ward_tab_fini(&detection);
	return err;
}

static enum ward_err facts(struct gather *g)
{
	const struct ward_report_ask *ask = g->ask;
	const struct ward_record **of =
		ward_arena_array(g->arena, ask->n_row, sizeof(const struct ward_record *));
	size_t n = 0;

	if (!of)
		return WARD_ERR_NOMEM;
	for (size_t i = 0; i < ask->n_row; i++) {
		enum ward_record_kind k = ask->row[i].is->kind;

		if (k == WARD_RECORD_DETECTION || k == WARD_RECORD_INCIDENT ||
			k == WARD_RECORD_IMPACT)
			of[n++] = ask->row[i].is;
	}
	const struct ward_exchange_ask of_incident = {.model = ask->model,
		.record = of,
		.n_record = n,
		.at = ask->at,
		.as_then = ask->as_then,
		.exercise = ask->exercise,
		.only = &ask->id};
	enum ward_err err = ward_exchange_gather(&of_incident, g->arena, &g->r->x);

	if (!err)
		g->r->i = &g->r->x.incident[0];
	return err;
}

static enum ward_err read_rows(struct gather *g)
{
	enum ward_err err = ward_names_init(&g->names, ward_mem_heap(), &g->lim);

	if (err)
		return err;
	err = ward_json_reader_init(&g->json, &g->names, ward_mem_heap(), &g->lim);
	if (err) {
		ward_names_fini(&g->names);
		return err;
	}
	g->json.foreign = true;
	g->json.borrow = true;
	g->json.lenient = true;
	for (size_t i = 0; i < F_N; i++)
		g->field[i] = ward_name(&g->names, ward_str_z(field_name[i]));
	ward_tab_init(&g->about, ward_mem_heap(), sizeof(struct ward_id), 1, SUBJECTS_MAX);
	err = subjects(g);
	if (!err)
		err = rows(g);
	ward_tab_fini(&g->about);
	ward_json_reader_fini(&g->json);
	ward_names_fini(&g->names);
	return err;
}

enum ward_err ward_report_gather(
	const struct ward_report_ask *ask, struct ward_arena *arena, struct ward_report *ret)
{
	struct gather g = {.ask = ask, .arena = arena, .r = ret, .lim = *ask->lim};

	*ret = (struct ward_report){.ledger = ask->ledger};
	g.lim.v[WARD_LIMIT_EVENT_BYTES] = ward_limit_info(WARD_LIMIT_EVENT_BYTES)->max;
	g.lim.v[WARD_LIMIT_EVENT_ITEMS] = ward_limit_info(WARD_LIMIT_EVENT_ITEMS)->max;
	ret->turn = ward_arena_array(arena, ask->n_row, sizeof(*ret->turn));
	ret->step = ward_arena_array(arena, ask->n_row, sizeof(*ret->step));
	if (!ret->turn || !ret->step)
		return WARD_ERR_NOMEM;
	enum ward_err err = facts(&g);

	return err ? err : read_rows(&g);
}

static bool in_state(const struct ward_report_step *s, const char *const *state)
{
	while (*state && !ward_str_eqz(s->state, *state))
		state++;
	return *state;
}

/* Was the request of this step answered or withdrawn, or is its run over? */
static bool is_answered(const struct ward_report *r, size_t i)
{
	const struct ward_report_step *asked = &r->step[i];

	while (++i < r->n_step) {
		const struct ward_report_step *s = &r->step[i];

		if (s->kind != WARD_REPORT_RUN || !ward_str_eq(s->id, asked->id))
			continue;
		if (ward_str_eq(s->ends, asked->asks) || !ward_str_eqz(s->state, "open"))
			return true;
	}
	return false;
}

/* Does a later step say more of the same thing? */
static bool goes_on(const struct ward_report *r, size_t i)
{
	for (size_t k = i + 1; k < r->n_step; k++)
		if (r->step[k].kind == r->step[i].kind && ward_str_eq(r->step[k].id, r->step[i].id))
			return true;
	return false;
}

bool ward_report_is_open(const struct ward_report *r, size_t i)
{
	static const char *const message[] = {"queued", "failed", "refused", NULL};
	static const char *const action[] = {"proposed", "agreed", "asked", "ready", "doing",
		"back", "undoing", "in-doubt", "suspended", NULL};
	const struct ward_report_step *s = &r->step[i];

	if (s->kind == WARD_REPORT_RUN)
		return s->asks.len && !is_answered(r, i);
	if (s->kind != WARD_REPORT_MESSAGE && s->kind != WARD_REPORT_ACTION)
		return false;
	return !goes_on(r, i) && in_state(s, s->kind == WARD_REPORT_ACTION ? action : message);
}

size_t ward_report_last(const struct ward_report *r, enum ward_report_kind kind, size_t *ret)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n_step; i++) {
		const struct ward_report_step *s = &r->step[i];
		size_t k = 0;

		if (s->kind != kind)
			continue;
		while (k < n && !ward_str_eq(r->step[ret[k]].id, s->id))
			k++;
		ret[k] = i;
		n += k == n;
	}
	return n;
}
