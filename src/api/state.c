/* What watches, and whether it works: sources, processes, journal and disk, as their boards say it
 * (run/board.h). Boards are outside bytes: whoever writes one
 * may have been taken over. */
#include "api/priv.h"

enum { BOARD_BYTES = 16 << 20, HOURS = 24, DAYS_MAX = 36500 };

static const ward_ns day = 86400 * WARD_NS_PER_S, enough = 600 * WARD_NS_PER_S;

static void count(struct ward_api *a, const char *name)
{
	if (a->o.counters)
		ward_count_name(a->o.counters, name, 1);
}

void api_boards_init(struct ward_api *a)
{
	for (size_t i = 0; i < WARD_API_BOARDS; i++)
		ward_arena_init(&a->board[i].arena, a->o.mem, BOARD_BYTES);
	ward_tab_init(
		&a->hits, a->o.mem, sizeof(struct ward_id), sizeof(struct api_hits), API_RULES);
}

void api_boards_free(struct ward_api *a)
{
	for (size_t i = 0; i < WARD_API_BOARDS; i++)
		ward_arena_fini(&a->board[i].arena);
	ward_tab_fini(&a->hits);
}

void ward_api_board(struct ward_api *a, enum ward_api_board which, struct ward_str json)
{
	struct api_board is = {.is = NULL}, *to = &a->board[which];
	struct ward_diag diag;

	ward_arena_init(&is.arena, a->o.mem, BOARD_BYTES);
	ward_diag_init(&diag, a->o.mem);
	struct ward_str own = ward_arena_str(&is.arena, json);
	enum ward_err err = !own.p ? WARD_ERR_NOMEM
				   : ward_conf_json(&is.arena, a->o.lim, WARD_STR("board"), 1,
					     ward_str_bytes(own), &diag, &is.is);

	ward_diag_fini(&diag);
	if (!err && is.is->kind != WARD_CONF_MAP)
		err = WARD_ERR_MALFORMED;
	if (err) {
		ward_arena_fini(&is.arena);
		count(a, "api.boards_unread"); /* also one that needs more than there is room for */
		return;
	}
	ward_arena_fini(&to->arena);
	*to = is;
	a->boards++;
}

/* ---- members of a board, which may lack them ---- */

static uint64_t number(const struct ward_conf *c, const char *key)
{
	uint64_t v = 0;

	return c && ward_str_u64(api_word(c, key), &v) ? v : 0;
}

ward_ns api_board_time(const struct ward_conf *c, const char *key)
{
	uint64_t v;

	return c && ward_str_u64(api_word(c, key), &v) && v < INT64_MAX ? (ward_ns)v
									: WARD_NS_NEVER;
}

const struct ward_conf *api_board_list(const struct ward_conf *c, const char *key)
{
	const struct ward_conf *l = c ? ward_conf_get(c, key) : NULL;

	return l && l->kind == WARD_CONF_SEQ ? l->child : NULL;
}

static void put_number(struct ward_json *j, const char *key, const struct ward_conf *c)
{
	uint64_t v;

	if (c && ward_str_u64(api_word(c, key), &v))
		ward_json_put_u64(j, key, v);
	else
		ward_json_put_null(j, key);
}

static void put_seconds(struct ward_json *j, const char *key, ward_ns t)
{
	if (t == WARD_NS_NEVER)
		ward_json_put_null(j, key);
	else
		ward_json_put_u64(j, key, (uint64_t)(t / WARD_NS_PER_S));
}

/* ---- sources ---- */

static const struct ward_conf *of_source(const struct ward_api *a, struct ward_str id)
{
	const struct ward_conf *x = api_board_list(a->board[WARD_API_BOARD_BRAIN].is, "sources");

	while (x && !ward_str_eq(api_word(x, "id"), id))
		x = x->next;
	return x;
}

bool api_sees_source(const struct api_request *r, const struct ward_source *s)
{
	bool any = r->scope.everywhere;

	for (size_t i = 0; i < s->n_watches && !any; i++)
		any = api_scope_has(&r->scope, s->watches[i]);
	return any;
}

static const char *state_of(const struct ward_source *s, const struct ward_conf *c)
{
	return s->stopped                                     ? "stopped"
	       : !c                                           ? "unknown"
	       : api_word(c, "trouble").len                   ? "lost"
	       : api_board_time(c, "silent") != WARD_NS_NEVER ? "silent"
	       : api_board_time(c, "last") == WARD_NS_NEVER   ? "unheard"
							      : "works";
}

void api_source_state(struct api_request *r, const struct ward_source *s)
{
	const struct ward_conf *c = of_source(r->a, s->id);

	ward_json_put_str(&r->j, "state", ward_str_z(state_of(s, c)));
	ward_json_put_str(&r->j, "trouble", c ? api_word(c, "trouble") : WARD_STR(""));
	put_number(&r->j, "events", c);
}

/* Events of the last 24 hours, the oldest first; the last one goes on. */
static void put_hours(struct api_request *r, const struct ward_conf *c)
{
	ward_ns hour = api_board_time(c, "hour"), one = 3600 * WARD_NS_PER_S;
	int64_t gone = hour == WARD_NS_NEVER || hour > r->ask->now ? 0 : (r->ask->now - hour) / one;
	const struct ward_conf *x = api_board_list(c, "hours");

	gone = gone > HOURS ? HOURS : gone;
	ward_json_key(&r->j, "hours");
	ward_json_arr(&r->j);
	for (int64_t i = -gone; i < HOURS - gone; i++, x = x ? x->next : NULL) {
		uint64_t v = 0;

		if (i >= 0 && i < HOURS)
			ward_json_u64(&r->j, x && ward_str_u64(x->text, &v) ? v : 0);
		else if (i < 0 && x)
			continue; /* older than a day */
	}
	for (int64_t i = 0; i < gone && i < HOURS; i++)
		ward_json_u64(&r->j, 0);
	ward_json_arr_end(&r->j);
}

/* Of a camera that is given by its ONVIF address: which of its streams, and why. */
static void put_stream(struct api_request *r, const struct ward_conf *c)
{
	const struct ward_conf *x = c ? ward_conf_get(c, "stream") : NULL;
	uint64_t rate = x ? number(x, "millifps") : 0;

	if (!x || !api_word(x, "profile").len) {
		ward_json_put_null(&r->j, "stream");
		return;
	}
	ward_json_key(&r->j, "stream");
	ward_json_obj(&r->j);
	ward_json_put_str(&r->j, "profile", api_word(x, "profile"));
	ward_json_put_u64(&r->j, "width", number(x, "width"));
	ward_json_put_u64(&r->j, "height", number(x, "height"));
	if (rate)
		ward_json_put_micro(&r->j, "fps", (int64_t)rate * 1000);
	else
		ward_json_put_null(&r->j, "fps");
	ward_json_put_u64(&r->j, "offered", number(x, "offered"));
	ward_json_put_bool(&r->j, "suffices", number(x, "suffices") != 0);
	ward_json_obj_end(&r->j);
}

static void put_watched(struct api_request *r, const struct ward_source *s)
{
	ward_json_key(&r->j, "watches");
	ward_json_arr(&r->j);
	for (size_t i = 0; i < s->n_watches; i++)
		if (api_scope_has(&r->scope, s->watches[i]))
			api_node(&r->j, r->a->o.model, s->watches[i]);
	ward_json_arr_end(&r->j);
}

static void put_health(struct api_request *r, const struct ward_source *s)
{
	const struct ward_conf *c = of_source(r->a, s->id);

	ward_json_put_str(&r->j, "state", ward_str_z(state_of(s, c)));
	ward_json_put_time_or_null(&r->j, "since",
		c && api_word(c, "trouble").len ? api_board_time(c, "since")
						: api_board_time(c, "silent"));
	ward_json_put_str(&r->j, "trouble", c ? api_word(c, "trouble") : WARD_STR(""));
	ward_json_put_str(&r->j, "why", c ? api_word(c, "why") : WARD_STR(""));
	ward_json_put_time_or_null(&r->j, "last", api_board_time(c, "last"));
	put_seconds(&r->j, "patience_s", api_board_time(c, "patience"));
	put_stream(r, c);
	put_number(&r->j, "events", c);
	put_hours(r, c);
	put_watched(r, s);
}

static void put_source(struct api_request *r, const struct ward_source *s,
	void (*put)(struct api_request *r, const struct ward_source *s))
{
	ward_json_obj(&r->j);
	ward_json_put_str(&r->j, "id", s->id);
	ward_json_put_str(&r->j, "name", s->name);
	ward_json_put_str(&r->j, "kind", s->kind);
	put(r, s);
	ward_json_obj_end(&r->j);
}

void api_put_source(struct api_request *r, const struct ward_source *s)
{
	put_source(r, s, put_health);
}

/* ---- the machine ---- */

static void put_processes(struct api_request *r)
{
	const struct ward_conf *c =
		api_board_list(r->a->board[WARD_API_BOARD_SUPERVISOR].is, "processes");

	ward_json_key(&r->j, "processes");
	ward_json_arr(&r->j);
	for (; c && r->scope.everywhere; c = c->next) {
		ward_json_obj(&r->j);
		ward_json_put_str(&r->j, "name", api_word(c, "name"));
		ward_json_put_str(&r->j, "state",
			ward_str_z(number(c, "runs")   ? "runs"
				   : number(c, "done") ? "done"
						       : "down"));
		ward_json_put_time_or_null(&r->j, "since", api_board_time(c, "since"));
		ward_json_put_u64(&r->j, "restarts", number(c, "restarts"));
		ward_json_obj_end(&r->j);
	}
	ward_json_arr_end(&r->j);
}

/* How long the journal's room lasts at the rate since its process began; what is over then makes
 * room for what comes. */
static void put_days(struct ward_json *j, const struct ward_conf *c)
{
	uint64_t wrote = number(c, "written"), max = number(c, "bytes_max");
	ward_ns took = api_board_time(c, "for");
	double days = wrote ? (double)max / (double)wrote * (double)took / (double)day : 0;

	if (!wrote || took == WARD_NS_NEVER || took < enough)
		ward_json_put_null(j, "days");
	else
		ward_json_put_u64(j, "days", days < DAYS_MAX ? (uint64_t)days : DAYS_MAX);
}

static void put_machine(struct api_request *r)
{
	const struct ward_conf *journal = r->a->board[WARD_API_BOARD_JOURNAL].is,
			       *brain = r->a->board[WARD_API_BOARD_BRAIN].is,
			       *disk = r->a->board[WARD_API_BOARD_SUPERVISOR].is;
	uint64_t next = number(journal, "next"), at = number(brain, "position");

	ward_json_key(&r->j, "journal");
	ward_json_obj(&r->j);
	put_number(&r->j, "bytes", journal);
	put_number(&r->j, "bytes_max", journal);
	ward_json_put_bool(&r->j, "full", number(journal, "full") != 0);
	put_days(&r->j, journal);
	if (journal && brain)
		ward_json_put_u64(&r->j, "behind", next > at + 1 ? next - 1 - at : 0);
	else
		ward_json_put_null(&r->j, "behind");
	put_number(&r->j, "damage", journal);
	ward_json_obj_end(&r->j);
	ward_json_key(&r->j, "disk");
	ward_json_obj(&r->j);
	ward_json_put_u64(&r->j, "free", number(disk, "disk_free"));
	ward_json_put_u64(&r->j, "all", number(disk, "disk"));
	ward_json_put_u64(&r->j, "store", number(disk, "store"));
	ward_json_obj_end(&r->j);
}

/* The database that has the journal besides; null: by its set-up there is none. */
static void put_quorum(struct api_request *r)
{
	const struct ward_conf *c = r->a->board[WARD_API_BOARD_SUPERVISOR].is,
			       *is = c ? ward_conf_get(c, "quorum") : NULL;

	if (!is) {
		ward_json_put_null(&r->j, "quorum");
		return;
	}
	ward_json_key(&r->j, "quorum");
	ward_json_obj(&r->j);
	ward_json_put_bool(&r->j, "known", number(is, "known") != 0);
	ward_json_put_str(&r->j, "stand", api_word(is, "stand"));
	ward_json_put_str(&r->j, "fault", api_word(is, "fault"));
	ward_json_put_str(&r->j, "host", api_word(is, "host"));
	ward_json_put_str(&r->j, "what", ward_lang_text(r->lang, api_word(is, "what")));
	ward_json_put_str(&r->j, "mend", ward_lang_text(r->lang, api_word(is, "mend")));
	ward_json_put_time_or_null(&r->j, "since", api_board_time(is, "since"));
	put_number(&r->j, "next", is);
	put_number(&r->j, "epoch", is);
	ward_json_obj_end(&r->j);
}

/* The machine beside this one; null: by its set-up there is none. */
static void put_standby(struct api_request *r)
{
	const struct ward_conf *c = r->a->board[WARD_API_BOARD_SUPERVISOR].is,
			       *is = c ? ward_conf_get(c, "standby") : NULL;

	if (!is) {
		ward_json_put_null(&r->j, "standby");
		return;
	}
	ward_json_key(&r->j, "standby");
	ward_json_obj(&r->j);
	ward_json_put_bool(&r->j, "known", number(is, "known") != 0);
	ward_json_put_str(&r->j, "node", api_word(is, "node"));
	ward_json_put_str(&r->j, "peer", api_word(is, "peer"));
	ward_json_put_str(&r->j, "mode", api_word(is, "mode"));
	ward_json_put_str(&r->j, "how", api_word(is, "how"));
	put_number(&r->j, "epoch", is);
	ward_json_put_time_or_null(&r->j, "led", api_board_time(is, "led"));
	ward_json_put_time_or_null(&r->j, "alone_since", api_board_time(is, "alone_since"));
	ward_json_put_time_or_null(&r->j, "witness_since", api_board_time(is, "witness_since"));
	put_number(&r->j, "lag", is);
	if (number(is, "carried"))
		put_number(&r->j, "carried_lag_s", is);
	else
		ward_json_put_null(&r->j, "carried_lag_s");
	ward_json_put_bool(&r->j, "late", number(is, "late") != 0);
	put_number(&r->j, "diverged", is);
	ward_json_obj_end(&r->j);
}

void api_put_sources(
	struct api_request *r, void (*put)(struct api_request *r, const struct ward_source *s))
{
	size_t n;
	const struct ward_source *s = ward_model_sources(r->a->o.model, &n);

	ward_json_key(&r->j, "sources");
	ward_json_arr(&r->j);
	for (size_t i = 0; i < n; i++)
		if (api_sees_source(r, &s[i]))
			put_source(r, &s[i], put);
	ward_json_arr_end(&r->j);
}

void api_health(struct api_request *r)
{
	ward_json_obj(&r->j);
	ward_json_put_time_or_null(
		&r->j, "at", api_board_time(r->a->board[WARD_API_BOARD_BRAIN].is, "at"));
	api_put_sources(r, put_health);
	api_put_register(r);
	put_processes(r);
	put_machine(r);
	put_standby(r);
	put_quorum(r);
	ward_json_obj_end(&r->j);
}
