#include "cli/acts.h"

#include "cli/speak.h"
#include "respond/act/command.h"
#include "story/text.h"

#include <stdio.h>

enum {
	ARENA_BYTES = 512 << 20,
	ACTS_MAX = 1 << 20,
	ROWS_MAX = 1 << 16,
	COLUMNS = 4 * WARD_COMMAND_MAX /* all of what is sent */
};

void ward_cli_acts_init(struct ward_cli_acts *a)
{
	*a = (struct ward_cli_acts){.n = 0};
	ward_limits_default(&a->lim);
	ward_arena_init(&a->arena, ward_mem_heap(), ARENA_BYTES);
}

void ward_cli_acts_fini(struct ward_cli_acts *a)
{
	for (size_t i = 0; i < a->n; i++) {
		struct ward_cli_act *x = &a->act[i];

		ward_mem_free(ward_mem_heap(), x->row, x->cap_row * sizeof(*x->row));
		ward_mem_free(ward_mem_heap(), x->time, x->cap_time * sizeof(*x->time));
	}
	ward_mem_free(ward_mem_heap(), a->act, a->cap * sizeof(*a->act));
	ward_arena_fini(&a->arena);
}

static struct ward_cli_act *of_id(struct ward_cli_acts *a, struct ward_id id)
{
	for (size_t i = a->n; i-- > 0;)
		if (ward_id_eq(a->act[i].id, id))
			return &a->act[i];
	a->err = ward_mem_more(ward_mem_heap(), &a->act, a->n, &a->cap, sizeof(*a->act), ACTS_MAX);
	if (a->err)
		return NULL;
	a->act[a->n++] = (struct ward_cli_act){.id = id};
	return &a->act[a->n - 1];
}

static void add(
	struct ward_cli_acts *a, const struct ward_store_row *row, const struct ward_conf *c)
{
	struct ward_cli_act *x = of_id(a, row->id);

	if (!x)
		return;
	a->err = ward_mem_more(
		ward_mem_heap(), &x->row, x->n_row, &x->cap_row, sizeof(*x->row), ROWS_MAX);
	if (!a->err)
		a->err = ward_mem_more(ward_mem_heap(), &x->time, x->n_row, &x->cap_time,
			sizeof(*x->time), ROWS_MAX);
	if (a->err)
		return;
	x->row[x->n_row] = c;
	x->time[x->n_row++] = row->time;
	if (ward_str_eqz(ward_conf_word(c, "event"), "propose"))
		x->proposal = c;
}

void ward_cli_acts_row(struct ward_cli_acts *a, const struct ward_store_row *row)
{
	struct ward_str copy;
	const struct ward_conf *c = NULL;
	struct ward_diag diag;

	if (a->err || row->kind != WARD_ROW_ACTION)
		return;
	copy = ward_arena_str(&a->arena, row->json); /* trees borrow their text */
	if (!copy.p) {
		a->err = WARD_ERR_LIMIT;
		return;
	}
	ward_diag_init(&diag, ward_mem_heap());
	enum ward_err err = ward_conf_json(
		&a->arena, &a->lim, WARD_STR("store"), 1, ward_str_bytes(copy), &diag, &c);

	ward_diag_fini(&diag);
	if (err == WARD_ERR_NOMEM)
		a->err = err;
	else if (err || c->kind != WARD_CONF_MAP)
		a->n_unreadable++;
	else
		add(a, row, c);
}

const struct ward_cli_act *ward_cli_acts_find(
	const struct ward_cli_acts *a, struct ward_str begin, bool *ret_many)
{
	const struct ward_cli_act *found = NULL;

	*ret_many = false;
	for (size_t i = 0; i < a->n; i++) {
		char id[WARD_ID_TEXT];

		ward_id_text(a->act[i].id, id);
		if (!begin.len || !ward_str_starts(ward_str_z(id), begin))
			continue;
		*ret_many = *ret_many || found;
		found = &a->act[i];
	}
	return *ret_many ? NULL : found;
}

struct ward_str ward_cli_act_state(const struct ward_cli_act *x)
{
	return ward_conf_word(x->row[x->n_row - 1], "state");
}

bool ward_cli_act_is_open(const struct ward_cli_act *x)
{
	static const char *const over[] = {
		"undone", "finished", "failed", "refused", "suspended", "expired"};
	struct ward_str state = ward_cli_act_state(x);

	for (size_t i = 0; i < WARD_ARRAY_LEN(over); i++)
		if (ward_str_eqz(state, over[i]))
			return false;
	return true;
}

struct ward_str ward_cli_act_shown(const struct ward_cli_act *x)
{
	return x->proposal ? ward_conf_word(x->proposal, "shown") : WARD_STR("");
}

/* ---- for people ---- */

static const char *state_text(struct ward_str state)
{
	static const struct {
		const char *state, *text;
	} all[] = {{"proposed", WARD_TEXT("waits for an approval")},
		{"agreed", WARD_TEXT("waits for a second approval")},
		{"asked", WARD_TEXT("waits for the ward: does a patient depend on it?")},
		{"ready", WARD_TEXT("approved")}, {"doing", WARD_TEXT("is being done")},
		{"done", WARD_TEXT("done")}, {"finished", WARD_TEXT("done")},
		{"back", WARD_TEXT("is to be taken back")},
		{"undoing", WARD_TEXT("is being taken back")},
		{"in-doubt", WARD_TEXT("IN DOUBT: nobody knows whether it was done; go and look")},
		{"undone", WARD_TEXT("taken back")},
		{"failed", WARD_TEXT("not done: the system would not")},
		{"refused", WARD_TEXT("refused")},
		{"suspended", WARD_TEXT("suspended by a fire alarm")},
		{"expired", WARD_TEXT("not approved in time")}};

	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++)
		if (ward_str_eqz(state, all[i].state))
			return all[i].text;
	return NULL;
}

static void put_text(struct ward_wr *w, struct ward_str s)
{
	(void)ward_text_line(w, s, COLUMNS);
}

/* Until when the last row that says so says. */
static ward_ns until_of(const struct ward_cli_act *x)
{
	struct ward_str state = ward_cli_act_state(x);
	bool waits = ward_str_eqz(state, "proposed") || ward_str_eqz(state, "agreed") ||
		     ward_str_eqz(state, "asked");
	const char *key = waits ? "expires" : "until";
	ward_ns t;

	for (size_t i = x->n_row; (waits || ward_str_eqz(state, "done")) && i-- > 0;)
		if (ward_time_parse(ward_conf_word(x->row[i], key), &t) == WARD_OK)
			return t;
	return WARD_NS_NEVER;
}

static void put_state(const struct ward_cli_act *x, struct ward_lang *lang, struct ward_wr *w)
{
	struct ward_str state = ward_cli_act_state(x);
	const char *text = state_text(state);
	ward_ns until = until_of(x);

	ward_wr_str(w, text ? ward_lang_text(lang, ward_str_z(text)) : state);
	if (until != WARD_NS_NEVER) {
		char buf[64];
		struct ward_wr t = ward_wr_fixed(buf, sizeof(buf));

		ward_cli_put_time(&t, until);
		ward_wr_z(w, ", ");
		WARD_SAY(w, lang, WARD_TEXT("until {time}"), {"time", ward_wr_text(&t)});
	}
}

/* "Take off its networks: Workstation 1 (ws-1)" */
static void put_what(const struct ward_conf *p, struct ward_lang *lang, struct ward_wr *w)
{
	static const struct {
		const char *does, *text;
	} all[] = {{"isolate", WARD_TEXT("Take it off its networks")},
		{"lock", WARD_TEXT("Lock it")}, {"release", WARD_TEXT("Open it")},
		{"tell", WARD_TEXT("Tell another system of it")}};
	struct ward_str does = ward_conf_word(p, "does");

	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++)
		if (ward_str_eqz(does, all[i].does))
			does = ward_lang_text(lang, ward_str_z(all[i].text));
	put_text(w, does);
	ward_wr_z(w, ": ");
	put_text(w, ward_conf_word(ward_conf_get(p, "request"), "name"));
	ward_wr_z(w, " (");
	put_text(w, ward_conf_word(p, "thing"));
	ward_wr_ch(w, ')');
}

void ward_cli_act_line(const struct ward_cli_act *x, struct ward_lang *lang, struct ward_wr *w)
{
	ward_id_write(w, x->id);
	ward_wr_z(w, "  ");
	put_state(x, lang, w);
	ward_wr_z(w, "\n  ");
	if (x->proposal)
		put_what(x->proposal, lang, w);
	ward_wr_ch(w, '\n');
}

static struct ward_str percent(const struct ward_conf *range, size_t i, char buf[16])
{
	const struct ward_conf *v = range ? range->child : NULL;
	int64_t micro;

	for (; v && i; i--)
		v = v->next;
	if (!v || !ward_str_i64(v->text, &micro) || micro < 0 || micro > 1000000)
		return WARD_STR("?");
	(void)snprintf(buf, 16, "%d", (int)(micro + 5000) / 10000);
	return ward_str_z(buf);
}

static void put_service(const struct ward_conf *s, struct ward_lang *lang, struct ward_wr *w)
{
	const struct ward_conf *likely = ward_conf_get(s, "likely_micro");
	char lo[16], hi[16], min[24];
	int64_t seconds = 0;

	(void)ward_str_i64(ward_conf_word(s, "in_seconds"), &seconds);
	(void)snprintf(min, sizeof(min), "%lld", (long long)(seconds / 60 + (seconds % 60 > 0)));
	ward_wr_z(w, "    ");
	WARD_SAY(w, lang, WARD_TEXT("{service}: in about {n} min, {lo} to {hi} %"),
		{"service", ward_conf_word(s, "name")}, {"n", ward_str_z(min)},
		{"lo", percent(likely, 0, lo)}, {"hi", percent(likely, 1, hi)});
	ward_wr_ch(w, '\n');
}

static void put_effect(const struct ward_conf *p, struct ward_lang *lang, struct ward_wr *w)
{
	const struct ward_conf *e = ward_conf_get(p, "effect"),
			       *list = ward_conf_get(e, "services");

	ward_wr_z(w, "  ");
	if (ward_str_eqz(ward_conf_word(e, "unknown"), "true")) {
		ward_say(w, lang,
			WARD_TEXT(
				"Care: the hospital does not know this host, so nobody knows what "
				"depends on it"));
		ward_wr_ch(w, '\n');
	} else if (!list || !list->n_child) {
		ward_say(w, lang, WARD_TEXT("Care: no service is expected to be hit by it"));
		ward_wr_ch(w, '\n');
	} else {
		ward_say(w, lang, WARD_TEXT("Care that it may hit:"));
		ward_wr_ch(w, '\n');
		for (const struct ward_conf *s = list->child; s; s = s->next)
			put_service(s, lang, w);
	}
	if (ward_conf_word(e, "touches").len) {
		ward_wr_z(w, "  ");
		WARD_SAY(w, lang, WARD_TEXT("It touches what carries care: {thing}"),
			{"thing", ward_conf_word(e, "touches")});
		ward_wr_ch(w, '\n');
	}
}

/* What must agree. */
static void put_who(const struct ward_conf *p, struct ward_lang *lang, struct ward_wr *w)
{
	const struct ward_conf *roles = ward_conf_get(p, "roles");
	bool two = ward_str_eqz(ward_conf_word(p, "two_persons"), "true");
	struct ward_wr list = ward_wr_grow(ward_mem_heap(), 1 << 16);

	for (const struct ward_conf *r = roles ? roles->child : NULL; r; r = r->next) {
		if (list.len)
			ward_wr_z(&list, ", ");
		put_text(&list, r->text);
	}
	ward_wr_z(w, "  ");
	WARD_SAY(w, lang,
		ward_str_eqz(ward_conf_word(p, "clinical"), "true")
			? WARD_TEXT("To be approved by two persons, of whom one answers for "
				    "patients and one is: {roles}")
		: two ? WARD_TEXT("To be approved by two persons, of whom one is: {roles}")
		      : WARD_TEXT("To be approved by: {roles}"),
		{"roles", ward_wr_text(&list)});
	ward_wr_ch(w, '\n');
	ward_wr_fini(&list);
}

static void put_system(const struct ward_conf *p, struct ward_lang *lang, struct ward_wr *w)
{
	int64_t seconds = 0;
	char min[24];

	(void)ward_str_i64(ward_conf_word(p, "lasts_seconds"), &seconds);
	(void)snprintf(min, sizeof(min), "%lld", (long long)seconds / 60);
	ward_wr_z(w, "  ");
	WARD_SAY(w, lang,
		seconds ? WARD_TEXT("By: {system}; taken back after {n} min unless renewed")
			: WARD_TEXT("By: {system}"),
		{"system", ward_conf_word(p, "system")}, {"n", ward_str_z(min)});
	ward_wr_z(w, "\n  ");
	WARD_SAY(w, lang,
		ward_str_eqz(ward_conf_word(p, "by"), "playbook")
			? WARD_TEXT("Proposed by a playbook: {text}")
			: WARD_TEXT("Proposed: {text}"),
		{"text", ward_conf_word(p, "reason")});
	ward_wr_ch(w, '\n');
	if (ward_conf_word(p, "incident").len) {
		ward_wr_z(w, "  ");
		WARD_SAY(
			w, lang, WARD_TEXT("Incident {id}"), {"id", ward_conf_word(p, "incident")});
		ward_wr_ch(w, '\n');
	}
}

/* {"key":value,…} on a line, as it is sent. */
static void put_request(const struct ward_conf *p, struct ward_lang *lang, struct ward_wr *w)
{
	const struct ward_conf *r = ward_conf_get(p, "request");

	ward_wr_z(w, "  ");
	ward_say(w, lang, WARD_TEXT("What is sent:"));
	for (const struct ward_conf *v = r ? r->child : NULL; v; v = v->next) {
		ward_wr_z(w, v == r->child ? " " : ", ");
		put_text(w, v->key);
		ward_wr_ch(w, ' ');
		put_text(w, v->text);
	}
	ward_wr_z(w, "\n  ");
	WARD_SAY(w, lang, WARD_TEXT("Hash of all that: {hash}"),
		{"hash", ward_conf_word(p, "shown")});
	ward_wr_ch(w, '\n');
}

static void put_history(const struct ward_cli_act *x, struct ward_wr *w)
{
	for (size_t i = 0; i < x->n_row; i++) {
		const struct ward_conf *c = x->row[i];
		struct ward_str more[] = {ward_conf_word(c, "role"), ward_conf_word(c, "why"),
			i ? ward_conf_word(c, "reason") : WARD_STR("")};

		ward_wr_z(w, "  ");
		ward_cli_put_time(w, x->time[i]);
		ward_wr_z(w, "  ");
		put_text(w, ward_conf_word(c, "event"));
		for (size_t k = 0; k < WARD_ARRAY_LEN(more); k++)
			if (more[k].len) {
				ward_wr_z(w, k ? ": " : ", ");
				put_text(w, more[k]);
			}
		ward_wr_ch(w, '\n');
	}
}

void ward_cli_act_tell(const struct ward_cli_act *x, struct ward_lang *lang, struct ward_wr *w)
{
	ward_cli_act_line(x, lang, w);
	if (x->proposal) {
		put_effect(x->proposal, lang, w);
		put_who(x->proposal, lang, w);
		put_system(x->proposal, lang, w);
		put_request(x->proposal, lang, w);
	}
	put_history(x, w);
}
