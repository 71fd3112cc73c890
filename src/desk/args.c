#include "desk/args.h"

#include "base/json.h"
#include "conf/conf.h"

/* All members that decisions for the brain have, those of a kind in the order of their form. */
static const struct ward_args_member members[] = {
	{WARD_DECISION_REPORT, "report", false, false},
	/* columns of care.csv */
	{WARD_DECISION_ENTER, "bed_type", false, false},
	{WARD_DECISION_ENTER, "state", false, false},
	{WARD_DECISION_ENTER, "diversion", false, false},
	{WARD_DECISION_ENTER, "security", false, false},
	{WARD_DECISION_ENTER, "staffing", false, false},
	{WARD_DECISION_ENTER, "staffed", false, false},
	{WARD_DECISION_ENTER, "available", false, false},
	{WARD_DECISION_ENTER, "occupied", false, false},
	{WARD_DECISION_ENTER, "more_in_a_day", false, false},
	{WARD_DECISION_ENTER, "more_in_three_days", false, false},
	{WARD_DECISION_ENTER, "staff", false, false},
	{WARD_DECISION_ENTER, "until", false, true},
	{WARD_DECISION_ASSIGN, "to", false, true},
	{WARD_DECISION_DISMISS, "batch", false, false}, /* of those that are dismissed at once */
	{WARD_DECISION_MERGE, "into", false, true},
	{WARD_DECISION_SPLIT, "signs", true, true},
	{WARD_DECISION_TUNE, "rule", false, true},
	{WARD_DECISION_TUNE, "thing", false, true},
	{WARD_DECISION_TUNE, "until", false, true},
	{WARD_DECISION_LAW, "say", false, true},
	{WARD_DECISION_LAW, "of", false, false}, /* a fact, a rule, a field */
	{WARD_DECISION_LAW, "is", false, false},
	{WARD_DECISION_LAW, "time", false, false},
	{WARD_DECISION_LAW, "number", false, false}, /* the receiver's */
	{WARD_DECISION_LAW, "form", false, false},   /* of what was sent */
	{WARD_DECISION_LAW, "draft", false, false},  /* its digest */
	{WARD_DECISION_LAW, "lang", false, false},
	{WARD_DECISION_LAW, "kept", true, false}, /* its fields, a line each */
	{WARD_DECISION_ACTIVATE, "level", false, true},
	{WARD_DECISION_RESOLVE, "why", false, true},
	{WARD_DECISION_RESOLVE, "alternatives", true, false},
	{WARD_DECISION_TASK, "owner", false, true},
	{WARD_DECISION_TASK, "due", false, false},
	{WARD_DECISION_TASK_DONE, "outcome", false, false},
	{WARD_DECISION_RECALL, "roles", true, true},
	{WARD_DECISION_RECALL, "place", false, false},
	{WARD_DECISION_RECALL_ANSWER, "comes", false, true},
	{WARD_DECISION_RECALL_ANSWER, "minutes", false, false},
	{WARD_DECISION_RECALL_ANSWER, "person", false, false},
	{WARD_DECISION_REVIEW, "finding", false, true},
	{WARD_DECISION_REVIEW, "owner", false, false},
	{WARD_DECISION_REVIEW, "due", false, false},
	/* name: of who decides, as the console knows it; the lists: the sheet (watch/sheet.h) */
	{WARD_DECISION_LOG, "kind", false, true},
	{WARD_DECISION_LOG, "due", false, false},
	{WARD_DECISION_LOG, "name", false, false},
	{WARD_DECISION_LOG_DONE, "name", false, false},
	{WARD_DECISION_HAND_OVER, "name", false, false},
	{WARD_DECISION_HAND_OVER, "sheet", false, true},
	{WARD_DECISION_HAND_OVER, "incidents", true, false},
	{WARD_DECISION_HAND_OVER, "open", true, false},
	{WARD_DECISION_HAND_OVER, "broken", true, false},
	{WARD_DECISION_HAND_OVER, "works", true, false},
	{WARD_DECISION_HAND_OVER, "muted", true, false},
	{WARD_DECISION_HAND_OVER, "held", true, false},
	{WARD_DECISION_HAND_OVER, "more", true, false},
	{WARD_DECISION_TAKE_OVER, "name", false, false},
	/* as the process `config` records it: the version that it became */
	{WARD_DECISION_CONFIGURE, "version", false, true},
	{WARD_DECISION_CONFIGURE, "manifest", false, true},
	{WARD_DECISION_CONFIGURE, "changes", false, false},
	{WARD_DECISION_PROCESSING, "say", false, true}, /* stop, resume, renew */
	{WARD_DECISION_PROCESSING, "until", false, false},
	{WARD_DECISION_PROCESSING, "ref", false, false}, /* the new agreement */
	{WARD_DECISION_CANDIDATE, "is", false, true},    /* aside, open */
	{WARD_DECISION_REVEAL, "token", false, true},
	{WARD_DECISION_REVEAL, "emergency", false, false},
	{WARD_DECISION_ASK_BADGE, "token", false, true},
	{WARD_DECISION_REVEAL_REVIEW, "of", false, false},       /* the asking, by its id */
	{WARD_DECISION_REVEAL_REVIEW, "right", false, false},    /* yes, no */
	{WARD_DECISION_PERSON_REQUEST, "right", false, true},    /* access, erasure, objection */
	{WARD_DECISION_PERSON_REQUEST, "ref", false, true},      /* the hospital's own file */
	{WARD_DECISION_PERSON_REQUEST, "received", false, true}, /* a day */
	{WARD_DECISION_PERSON_REQUEST, "identity", false, true}, /* how it was checked */
	{WARD_DECISION_PERSON_ANSWER, "say", false,
		true}, /* agree, extend, decide, answer, refuse */
	{WARD_DECISION_PERSON_ANSWER, "goes", true, false},
	{WARD_DECISION_PERSON_ANSWER, "stays", true, false},
	{WARD_DECISION_PERSON_DONE, "say", false, true}, /* packed, erased */
	{WARD_DECISION_PERSON_DONE, "digest", false, true},
	{WARD_DECISION_ASSESS, "digest", false, true},
	{WARD_DECISION_ASSESS, "kept", true, false},
	/* as comply/hold.h reads them */
	{WARD_DECISION_HOLD, "scope", false, true},
	{WARD_DECISION_HOLD, "from", false, false},
	{WARD_DECISION_HOLD, "to", false, false},
	{WARD_DECISION_HOLD, "until", false, true},
	{WARD_DECISION_HOLD, "owner", false, false},
	{WARD_DECISION_EXPORT, "say", false, true},       /* ask, agree, done */
	{WARD_DECISION_EXPORT, "manifest", false, false}, /* its SHA-256, of what was handed out */
	{WARD_DECISION_UPDATE, "did", false, true},       /* activate, back */
	{WARD_DECISION_UPDATE, "from", false, false},     /* the version that ran */
	{WARD_DECISION_UPDATE, "digest", false, true}, /* SHA-256 of the manifest that runs now */
	{WARD_DECISION_PERMIT, "who", false, true},
	{WARD_DECISION_PERMIT, "from", false, false},
	{WARD_DECISION_PERMIT, "until", false, true},
	{WARD_DECISION_PERMIT, "effects", true, true},
};

const struct ward_args_member *ward_args_member(enum ward_decision_kind k, size_t i)
{
	for (size_t at = 0; at < WARD_ARRAY_LEN(members); at++)
		if (members[at].kind == k && i-- == 0)
			return &members[at];
	return NULL;
}

static enum ward_err read_object(struct ward_str args, const struct ward_limits *lim,
	struct ward_arena *a, const struct ward_conf **ret)
{
	struct ward_diag diag;

	ward_diag_init(&diag, ward_mem_heap());
	enum ward_err err =
		ward_conf_json(a, lim, WARD_STR("args"), 1, ward_str_bytes(args), &diag, ret);
	ward_diag_fini(&diag);
	if (!err && (*ret)->kind != WARD_CONF_MAP)
		err = WARD_ERR_MALFORMED;
	return err && err != WARD_ERR_NOMEM ? WARD_ERR_MALFORMED : err;
}

static bool is_text(const struct ward_conf *c)
{
	return c->kind == WARD_CONF_SCALAR && c->text.len <= WARD_ARGS_TEXT;
}

/* NULL: the member is as it is to be. */
static const char *wrong_with(const struct ward_args_member *m, const struct ward_conf *c)
{
	if (!m->list)
		return is_text(c)
			       ? NULL
			       : WARD_TEXT("each of its args is to be a text of 512 bytes at most");
	if (c->kind != WARD_CONF_SEQ || !c->n_child || c->n_child > WARD_ARGS_LIST)
		return WARD_TEXT("its list is to have 1 to 64 texts");
	for (const struct ward_conf *x = c->child; x; x = x->next)
		if (!is_text(x))
			return WARD_TEXT("each text of its list is to have 512 bytes at most");
	return NULL;
}

static void put(struct ward_json *j, const struct ward_args_member *m, const struct ward_conf *c)
{
	ward_json_key(j, m->key);
	if (!m->list) {
		ward_json_str(j, c->text);
		return;
	}
	ward_json_arr(j);
	for (const struct ward_conf *x = c->child; x; x = x->next)
		ward_json_str(j, x->text);
	ward_json_arr_end(j);
}

/* Writes what c has of the kind's members. NULL, or what is wrong. */
static const char *form(
	enum ward_decision_kind kind, const struct ward_conf *c, struct ward_json *j)
{
	size_t n = 0;

	ward_json_obj(j);
	for (size_t i = 0; i < WARD_ARRAY_LEN(members); i++) {
		const struct ward_args_member *m = &members[i];
		const struct ward_conf *x = m->kind == kind ? ward_conf_get(c, m->key) : NULL;

		if (m->kind != kind || (!x && !m->needed))
			continue;
		const char *why =
			x ? wrong_with(m, x) : WARD_TEXT("its args lack what the kind needs");

		if (why)
			return why;
		put(j, m, x);
		n++;
	}
	ward_json_obj_end(j);
	return c && n < c->n_child ? "it has an arg that this kind of decision has not" : NULL;
}

enum ward_err ward_args_read(const struct ward_decision *d, const struct ward_limits *lim,
	struct ward_arena *a, struct ward_str *ret, const char **ret_why)
{
	uint8_t text[WARD_ARGS_BYTES];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));
	struct ward_json j = ward_json_on(&w);
	const struct ward_conf *c = NULL;
	enum ward_err err = d->args.len ? read_object(d->args, lim, a, &c) : WARD_OK;

	*ret_why = WARD_TEXT("its args are no JSON object");
	if (err)
		return err;
	const char *why = form(d->kind, c, &j);

	if (why || ward_wr_bad(&w)) {
		*ret_why = why ? why : WARD_TEXT("its args are too long: 8192 bytes at most");
		return why ? WARD_ERR_MALFORMED : WARD_ERR_LIMIT;
	}
	struct ward_str s = ward_slice_text(ward_wr_slice(&w));

	if (ward_str_eqz(s, "{}"))
		s = (struct ward_str){0};
	else if (!(s = ward_arena_str(a, s)).p)
		return WARD_ERR_NOMEM;
	*ret = s;
	return WARD_OK;
}

struct ward_str ward_args_text(
	struct ward_str args, const char *key, const struct ward_limits *lim, struct ward_arena *a)
{
	const struct ward_conf *c = NULL;

	if (!args.len || read_object(args, lim, a, &c))
		return (struct ward_str){0};
	return ward_conf_word(c, key);
}

const struct ward_conf *ward_args_list(
	struct ward_str args, const char *key, const struct ward_limits *lim, struct ward_arena *a)
{
	const struct ward_conf *c = NULL, *list;

	if (!args.len || read_object(args, lim, a, &c))
		return NULL;
	list = ward_conf_get(c, key);
	return list && list->kind == WARD_CONF_SEQ ? list->child : NULL;
}
