/* The register of requests, out of what people decided. */
#include "law/term.h"
#include "subject/subject.h"

/* What a request has of texts: ref … text, digest, and what goes and stays. */
enum { TEXTS = 9 + 2 * WARD_SUBJECT_THINGS, ALIGN = 16 };
enum {
	SCRATCH = 1 << 20,
	/* of all that the register says now; and of one row more */
	LIVE = (WARD_SUBJECT_REQUESTS * TEXTS + 2 + WARD_NOTICE_KEPT) * (WARD_SUBJECT_TEXT + ALIGN),
	ROW = (TEXTS + WARD_NOTICE_KEPT) * (WARD_SUBJECT_TEXT + ALIGN),
	/* Texts that nothing has any more are left behind when half of it is theirs. */
	ARENA = 2 * LIVE,
};

void ward_subject_init(struct ward_subject_book *b, const struct ward_limits *lim)
{
	memset(b, 0, sizeof(*b));
	b->lim = lim;
	b->assessed.at = WARD_NS_NEVER;
	ward_arena_init(&b->arena, ward_mem_heap(), ARENA);
	ward_arena_init(&b->scratch, ward_mem_heap(), SCRATCH);
}

void ward_subject_fini(struct ward_subject_book *b)
{
	ward_arena_fini(&b->arena);
	ward_arena_fini(&b->scratch);
}

const struct ward_subject_request *ward_subject_find(
	const struct ward_subject_book *b, struct ward_id id)
{
	for (size_t i = 0; i < b->n; i++)
		if (ward_id_eq(b->r[i].id, id))
			return &b->r[i];
	return NULL;
}

ward_ns ward_subject_due(ward_ns received, bool extended)
{
	const struct ward_term term = {WARD_TERM_MONTHS, extended ? 3 : 1};
	ward_ns end;

	return ward_term_end(&term, received, NULL, 0, &end) == WARD_OK ? end : WARD_NS_NEVER;
}

/* ---- values ---- */

static unsigned named(const char *(*name)(unsigned), unsigned n, struct ward_str s)
{
	unsigned k = 0;

	while (k < n && !ward_str_eqz(s, name(k)))
		k++;
	return k;
}

static const char *right_at(unsigned k)
{
	return ward_subject_right_name((enum ward_subject_right)k);
}

static const char *say_at(unsigned k)
{
	return ward_subject_say_name((enum ward_subject_say)k);
}

/* A day, "2026-11-03"; its begin. */
static bool day_of(struct ward_str s, ward_ns *ret)
{
	char text[32];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_wr_str(&w, s);
	ward_wr_z(&w, "T00:00:00Z");
	return s.len == 10 && ward_time_parse(ward_wr_text(&w), ret) == WARD_OK;
}

/* When it was decided; NEVER: that can't be read. */
static ward_ns time_of(const struct ward_conf *row)
{
	ward_ns t;

	return ward_time_parse(ward_conf_word(row, "time"), &t) == WARD_OK ? t : WARD_NS_NEVER;
}

static bool keep(struct ward_subject_book *b, struct ward_str s, struct ward_str *ret)
{
	*ret = ward_arena_str(&b->arena, ward_str_sub(s, 0, WARD_SUBJECT_TEXT));
	return ret->p != NULL;
}

/* A list of texts, or what is one text a line. */
static bool keep_list(struct ward_subject_book *b, const struct ward_conf *args, const char *key,
	struct ward_str *ret, size_t *ret_n)
{
	const struct ward_conf *list = ward_conf_get(args, key);

	*ret_n = 0;
	for (const struct ward_conf *c = list ? list->child : NULL;
		c && *ret_n < WARD_SUBJECT_THINGS; c = c->next)
		if (!keep(b, c->text, &ret[(*ret_n)++]))
			return false;
	return true;
}

/* ---- what can be said ---- */

const char *ward_subject_wrong_request(const struct ward_conf *args)
{
	ward_ns t;

	if (named(right_at, WARD_SUBJECT_RIGHT_N, ward_conf_word(args, "right")) ==
		WARD_SUBJECT_RIGHT_N)
		return WARD_TEXT("say what is asked for: access, erasure or objection");
	if (!ward_conf_word(args, "ref").len)
		return WARD_TEXT("write the number of the hospital's own file, and no name: the "
				 "ledger keeps it");
	if (!day_of(ward_conf_word(args, "received"), &t))
		return WARD_TEXT("write the day on which it came as 2026-11-03");
	if (!ward_conf_word(args, "identity").len)
		return WARD_TEXT("say how it was checked that they are who they say");
	return NULL;
}

bool ward_subject_is_done(const struct ward_conf *args)
{
	unsigned say = named(say_at, WARD_SUBJECT_SAY_N, ward_conf_word(args, "say"));

	return say == WARD_SUBJECT_SAY_PACKED || say == WARD_SUBJECT_SAY_ERASED;
}

const char *ward_subject_wrong_answer(const struct ward_subject_request *r,
	const struct ward_conf *args, struct ward_str person, struct ward_str text)
{
	unsigned say = named(say_at, WARD_SUBJECT_SAY_N, ward_conf_word(args, "say"));

	if (!r)
		return WARD_TEXT("no such request is known");
	if (!ward_subject_open(r->state))
		return WARD_TEXT("it is answered already");
	switch (say) {
	case WARD_SUBJECT_SAY_AGREE:
		if (ward_str_eq(person, r->first))
			return WARD_TEXT("somebody else than who took it in has to agree");
		if (r->right != WARD_SUBJECT_ACCESS && !r->decided)
			return WARD_TEXT("decide first what goes and what stays");
		return r->second.len ? WARD_TEXT("a second person agreed already") : NULL;
	case WARD_SUBJECT_SAY_EXTEND:
		if (r->extended)
			return WARD_TEXT("it was given two months more already");
		return text.len ? NULL : WARD_TEXT("say why it takes longer");
	case WARD_SUBJECT_SAY_DECIDE:
		if (r->right == WARD_SUBJECT_ACCESS || r->second.len)
			return WARD_TEXT("there is nothing to decide any more");
		return text.len ? NULL : WARD_TEXT("say what goes, what stays, and why");
	case WARD_SUBJECT_SAY_PACKED:
	case WARD_SUBJECT_SAY_ERASED:
		if (r->state == WARD_SUBJECT_READY)
			return WARD_TEXT("it is put together already");
		return r->second.len ? NULL : WARD_TEXT("a second person has to agree first");
	case WARD_SUBJECT_SAY_ANSWER:
		return r->state == WARD_SUBJECT_READY
			       ? NULL
			       : WARD_TEXT("nothing is there to answer with yet");
	case WARD_SUBJECT_SAY_REFUSE:
		return text.len ? NULL : WARD_TEXT("say why it is refused");
	default:
		return WARD_TEXT("say agree, extend, decide, packed, erased, answer or refuse");
	}
}

/* ---- room ---- */

static bool move(struct ward_arena *to, struct ward_str *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (s[i].p && !(s[i] = ward_arena_str(to, s[i])).p)
			return false;
	return true;
}

static bool move_request(struct ward_arena *to, struct ward_subject_request *r)
{
	struct ward_str *const one[] = {&r->ref, &r->identity, &r->first, &r->second, &r->role,
		&r->second_role, &r->more, &r->text, &r->digest};

	for (size_t i = 0; i < WARD_ARRAY_LEN(one); i++)
		if (!move(to, one[i], 1))
			return false;
	return move(to, r->goes, r->n_goes) && move(to, r->stays, r->n_stays);
}

/* What nothing says any more is given back, so that rows without end have room. NOMEM: the register
 * is of no use. */
static enum ward_err make_room(struct ward_subject_book *b)
{
	struct ward_arena to;
	bool moved = true;

	if (b->arena.used_bytes + ROW <= ARENA)
		return WARD_OK;
	ward_arena_init(&to, b->arena.mem, ARENA);
	for (size_t i = 0; i < b->n && moved; i++)
		moved = move_request(&to, &b->r[i]);
	moved = moved && move(&to, &b->assessed.role, 1) && move(&to, &b->assessed.text, 1) &&
		move(&to, b->assessed.kept, b->assessed.n_kept);
	ward_arena_fini(&b->arena); /* on failure nobody reads on */
	b->arena = to;
	return moved ? WARD_OK : WARD_ERR_NOMEM;
}

/* ---- rows ---- */

/* Where a new one stands; of those that are over the oldest makes room. NULL: all are open. */
static struct ward_subject_request *slot(struct ward_subject_book *b)
{
	if (b->n < WARD_SUBJECT_REQUESTS)
		return &b->r[b->n++];
	for (size_t i = 0; i < b->n; i++) {
		if (ward_subject_open(b->r[i].state))
			continue;
		memmove(&b->r[i], &b->r[i + 1], (b->n - i - 1) * sizeof(b->r[0]));
		b->n_forgotten++;
		return &b->r[b->n - 1];
	}
	b->n_forgotten++;
	return NULL;
}

static enum ward_err take_request(
	struct ward_subject_book *b, const struct ward_conf *row, const struct ward_conf *args)
{
	struct ward_subject_request r = {.closed = WARD_NS_NEVER, .at = WARD_NS_NEVER};

	if (ward_subject_wrong_request(args) || !ward_id_parse(ward_conf_word(row, "id"), &r.id) ||
		ward_subject_find(b, r.id)) {
		b->n_void++;
		return WARD_OK;
	}
	r.right = (enum ward_subject_right)named(
		right_at, WARD_SUBJECT_RIGHT_N, ward_conf_word(args, "right"));
	r.at = time_of(row);
	(void)day_of(ward_conf_word(args, "received"), &r.received);
	r.due = ward_subject_due(r.received, false);
	r.state = r.right == WARD_SUBJECT_ACCESS ? WARD_SUBJECT_NEW : WARD_SUBJECT_DECIDES;
	if (!keep(b, ward_conf_word(args, "ref"), &r.ref) ||
		!keep(b, ward_conf_word(args, "identity"), &r.identity) ||
		!keep(b, ward_conf_word(row, "person"), &r.first) ||
		!keep(b, ward_conf_word(row, "role"), &r.role) ||
		!keep(b, ward_conf_word(row, "text"), &r.text))
		return WARD_ERR_NOMEM;
	struct ward_subject_request *to = slot(b);

	if (to)
		*to = r;
	return WARD_OK;
}

static bool apply(struct ward_subject_book *b, struct ward_subject_request *r,
	enum ward_subject_say say, const struct ward_conf *row)
{
	const struct ward_conf *args = ward_conf_get(row, "args");
	struct ward_str text = ward_conf_word(row, "text");

	switch (say) {
	case WARD_SUBJECT_SAY_AGREE:
		r->state = WARD_SUBJECT_AGREED;
		return keep(b, ward_conf_word(row, "person"), &r->second) &&
		       keep(b, ward_conf_word(row, "role"), &r->second_role);
	case WARD_SUBJECT_SAY_EXTEND:
		r->extended = true;
		r->due = ward_subject_due(r->received, true);
		return keep(b, text, &r->more);
	case WARD_SUBJECT_SAY_DECIDE:
		r->decided = true;
		r->state = WARD_SUBJECT_NEW;
		return keep(b, text, &r->text) && keep_list(b, args, "goes", r->goes, &r->n_goes) &&
		       keep_list(b, args, "stays", r->stays, &r->n_stays);
	case WARD_SUBJECT_SAY_PACKED:
	case WARD_SUBJECT_SAY_ERASED:
		r->state = WARD_SUBJECT_READY;
		return keep(b, ward_conf_word(args, "digest"), &r->digest);
	case WARD_SUBJECT_SAY_ANSWER:
	case WARD_SUBJECT_SAY_REFUSE:
		r->state = say == WARD_SUBJECT_SAY_ANSWER ? WARD_SUBJECT_ANSWERED
							  : WARD_SUBJECT_REFUSED;
		r->closed = time_of(row);
		return !text.len || keep(b, text, &r->text);
	case WARD_SUBJECT_SAY_N:
		break;
	}
	return true;
}

static enum ward_err take_answer(
	struct ward_subject_book *b, const struct ward_conf *row, const struct ward_conf *args)
{
	struct ward_subject_request *r = NULL;
	struct ward_id id;

	if (ward_id_parse(ward_conf_word(row, "subject"), &id))
		r = (struct ward_subject_request *)(uintptr_t)ward_subject_find(b, id);
	if (ward_subject_is_done(args) !=
			ward_str_eqz(ward_conf_word(row, "what"), "person-done") ||
		ward_subject_wrong_answer(
			r, args, ward_conf_word(row, "person"), ward_conf_word(row, "text"))) {
		b->n_void++;
		return WARD_OK;
	}
	return apply(b, r,
		       (enum ward_subject_say)named(
			       say_at, WARD_SUBJECT_SAY_N, ward_conf_word(args, "say")),
		       row)
		       ? WARD_OK
		       : WARD_ERR_NOMEM;
}

static enum ward_err take_assessed(
	struct ward_subject_book *b, const struct ward_conf *row, const struct ward_conf *args)
{
	struct ward_notice_assessed a = {.at = WARD_NS_NEVER};
	struct ward_str digest = ward_conf_word(args, "digest");
	const struct ward_conf *kept = ward_conf_get(args, "kept");

	if (digest.len != WARD_NOTICE_DIGEST) {
		b->n_void++;
		return WARD_OK;
	}
	memcpy(a.digest, digest.p, digest.len);
	a.at = time_of(row);
	if (!keep(b, ward_conf_word(row, "role"), &a.role) ||
		!keep(b, ward_conf_word(row, "text"), &a.text))
		return WARD_ERR_NOMEM;
	for (const struct ward_conf *c = kept ? kept->child : NULL;
		c && a.n_kept < WARD_NOTICE_KEPT; c = c->next)
		if (!keep(b, c->text, &a.kept[a.n_kept++]))
			return WARD_ERR_NOMEM;
	b->assessed = a;
	return WARD_OK;
}

enum ward_err ward_subject_take(struct ward_subject_book *b, const struct ward_conf *row)
{
	struct ward_str what = ward_conf_word(row, "what");
	const struct ward_conf *args = ward_conf_get(row, "args");

	if (ward_str_eqz(ward_conf_word(row, "taken"), "false"))
		return WARD_OK;
	enum ward_err err = make_room(b);

	if (err)
		return err;
	bool asks = ward_str_eqz(what, "person-request");
	bool answers = ward_str_eqz(what, "person-answer") || ward_str_eqz(what, "person-done");

	/* Two people answer for what is handed out or erased: who has no name is none of them. */
	if ((asks || answers) && !ward_conf_word(row, "person").len) {
		b->n_void++;
		return WARD_OK;
	}
	if (asks)
		return take_request(b, row, args);
	if (answers)
		return take_answer(b, row, args);
	return ward_str_eqz(what, "assess") ? take_assessed(b, row, args) : WARD_OK;
}

enum ward_err ward_subject_take_json(struct ward_subject_book *b, struct ward_str json)
{
	const struct ward_conf *c;
	struct ward_diag diag;

	ward_arena_reset(&b->scratch);
	ward_diag_init(&diag, ward_mem_heap());
	enum ward_err err = ward_conf_json(
		&b->scratch, b->lim, WARD_STR("row"), 1, ward_str_bytes(json), &diag, &c);

	ward_diag_fini(&diag);
	if (err == WARD_ERR_NOMEM)
		return err;
	if (err) {
		b->n_void++;
		return WARD_OK;
	}
	return ward_subject_take(b, c);
}
