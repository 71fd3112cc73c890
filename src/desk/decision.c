#include "desk/decision.h"

static const char *const names[WARD_DECISION_N] = {
#define X(NAME, name, to, right, asks, what) [WARD_DECISION_##NAME] = name,
	WARD_DECISION_LIST(X)
#undef X
};

const char *ward_decision_name(enum ward_decision_kind k)
{
	return (unsigned)k < WARD_DECISION_N ? names[k] : "none";
}

const char *ward_decision_says(enum ward_decision_kind k)
{
	static const char *const what[WARD_DECISION_N] = {
#define X(NAME, name, to, right, asks, what) [WARD_DECISION_##NAME] = what,
		WARD_DECISION_LIST(X)
#undef X
	};

	return (unsigned)k < WARD_DECISION_N ? what[k] : "none";
}

enum ward_decision_kind ward_decision_parse(struct ward_str s)
{
	unsigned k = 0;

	while (k < WARD_DECISION_N && !ward_str_eqz(s, names[k]))
		k++;
	return (enum ward_decision_kind)k;
}

enum ward_decision_to ward_decision_to(enum ward_decision_kind k)
{
	static const enum ward_decision_to to[WARD_DECISION_N] = {
#define X(NAME, name, to, right, asks, what) [WARD_DECISION_##NAME] = WARD_DECISION_##to,
		WARD_DECISION_LIST(X)
#undef X
	};

	WARD_ASSERT((unsigned)k < WARD_DECISION_N);
	return to[k];
}

unsigned ward_decision_asks(enum ward_decision_kind k)
{
	enum {
		NO_MORE = 0,
		WHY = WARD_ASKS_WHY,
		CONSOLE = WARD_ASKS_CONSOLE,
		PROOF = WARD_ASKS_PROOF
	};
	static const uint8_t asks_of[WARD_DECISION_N] = {
#define X(NAME, name, to, right, asks, what) [WARD_DECISION_##NAME] = asks,
		WARD_DECISION_LIST(X)
#undef X
	};

	WARD_ASSERT((unsigned)k < WARD_DECISION_N);
	return asks_of[k];
}

enum ward_decision_about ward_decision_about(enum ward_decision_kind k)
{
	/* of those for the brain; which are about no incident */
	static const struct {
		enum ward_decision_kind kind;
		enum ward_decision_about about;
	} all[] = {
		{WARD_DECISION_REPORT, WARD_ABOUT_PLACE},
		{WARD_DECISION_PANIC, WARD_ABOUT_PLACE},
		{WARD_DECISION_ALL_CLEAR, WARD_ABOUT_PLACE},
		{WARD_DECISION_ENTER, WARD_ABOUT_OTHER},
		{WARD_DECISION_LIFT, WARD_ABOUT_OTHER},
		{WARD_DECISION_ACTIVATE, WARD_ABOUT_CRISIS},
		{WARD_DECISION_STAND_DOWN, WARD_ABOUT_CRISIS},
		{WARD_DECISION_RESOLVE, WARD_ABOUT_CRISIS},
		{WARD_DECISION_TASK, WARD_ABOUT_CRISIS},
		{WARD_DECISION_TASK_DONE, WARD_ABOUT_DECISION},
		{WARD_DECISION_RECALL, WARD_ABOUT_CRISIS},
		{WARD_DECISION_RECALL_ANSWER, WARD_ABOUT_DECISION},
		{WARD_DECISION_REVIEW, WARD_ABOUT_CRISIS},
		{WARD_DECISION_LOG, WARD_ABOUT_OTHER},
		{WARD_DECISION_LOG_DONE, WARD_ABOUT_OTHER},
		{WARD_DECISION_HAND_OVER, WARD_ABOUT_OTHER},
		{WARD_DECISION_TAKE_OVER, WARD_ABOUT_OTHER},
		{WARD_DECISION_CANDIDATE, WARD_ABOUT_OTHER},
		{WARD_DECISION_PERMIT, WARD_ABOUT_PLACE},
		{WARD_DECISION_PERMIT_END, WARD_ABOUT_OTHER},
		{WARD_DECISION_STILL, WARD_ABOUT_PLACE},
		{WARD_DECISION_HOLD, WARD_ABOUT_OTHER},
		{WARD_DECISION_RELEASE_HOLD, WARD_ABOUT_DECISION},
		{WARD_DECISION_VOUCH, WARD_ABOUT_OTHER},
		{WARD_DECISION_PERSON_REQUEST, WARD_ABOUT_OTHER},
		{WARD_DECISION_PERSON_ANSWER, WARD_ABOUT_OTHER},
		{WARD_DECISION_PERSON_DONE, WARD_ABOUT_OTHER},
		{WARD_DECISION_ASSESS, WARD_ABOUT_OTHER},
		{WARD_DECISION_DRILL, WARD_ABOUT_OTHER},
		{WARD_DECISION_ROTATE_KEYS, WARD_ABOUT_OTHER},
		{WARD_DECISION_UPDATE, WARD_ABOUT_OTHER},
	};

	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++)
		if (all[i].kind == k)
			return all[i].about;
	return ward_decision_to(k) == WARD_DECISION_BRAIN ? WARD_ABOUT_INCIDENT : WARD_ABOUT_OTHER;
}

enum ward_drill ward_drill_parse(struct ward_str s)
{
	static const char *const name[] = {
#define X(NAME, name) name,
		WARD_DRILL_LIST(X)
#undef X
	};
	unsigned i = 0;

	while (i < WARD_DRILL_N && !ward_str_eqz(s, name[i]))
		i++;
	return (enum ward_drill)i;
}

void ward_decision_put(struct ward_wr *w, const struct ward_decision *d)
{
	ward_wr_u8(w, (uint8_t)d->kind);
	ward_wr_bytes(w, d->id.b, sizeof(d->id.b));
	ward_wr_be64(w, (uint64_t)d->at);
	ward_wr_lv(w, ward_str_bytes(d->person));
	ward_wr_lv(w, ward_str_bytes(d->role));
	ward_wr_lv(w, ward_str_bytes(d->subject));
	ward_wr_lv(w, ward_str_bytes(d->text));
	ward_wr_lv(w, ward_str_bytes(d->args));
	ward_wr_lv(w, ward_str_bytes(d->proof));
	ward_wr_lv(w, ward_str_bytes(d->places));
}

/* A text of at most max bytes; what is no text makes r bad. */
static struct ward_str get_text(struct ward_rd *r, size_t max, bool lines, bool *ok)
{
	struct ward_slice s = ward_rd_lv(r, max);

	if (ward_rd_bad(r) || !ward_utf8_valid(s, NULL)) {
		*ok = false;
		return (struct ward_str){0};
	}
	for (size_t i = 0; i < s.len; i++)
		if ((s.p[i] < ' ' && !(lines && (s.p[i] == '\n' || s.p[i] == '\t'))) ||
			s.p[i] == 0x7F || (s.p[i] == 0xC2 && i + 1 < s.len && s.p[i + 1] < 0xA0))
			*ok = false; /* C0, C1: they would move somebody's terminal */
	return ward_slice_text(s);
}

enum ward_err ward_decision_get(struct ward_rd *r, struct ward_decision *ret)
{
	struct ward_decision d;
	uint8_t kind = ward_rd_u8(r);
	struct ward_slice id = ward_rd_bytes(r, sizeof(d.id.b));
	bool ok = true;

	d.at = (ward_ns)ward_rd_be64(r);
	d.person = get_text(r, WARD_DECISION_SUBJECT, false, &ok);
	d.role = get_text(r, WARD_DECISION_SUBJECT, false, &ok);
	d.subject = get_text(r, WARD_DECISION_SUBJECT, false, &ok);
	d.text = get_text(r, WARD_DECISION_TEXT, true, &ok);
	d.args = get_text(r, WARD_DECISION_ARGS, true, &ok);
	d.proof = get_text(r, WARD_DECISION_PROOF, false, &ok);
	d.places = get_text(r, WARD_DECISION_PLACES, false, &ok);
	if (!ok || ward_rd_bad(r) || ward_rd_left(r) || kind >= WARD_DECISION_N || !d.person.len ||
		!d.role.len || d.at < 0)
		return WARD_ERR_MALFORMED;
	memcpy(d.id.b, id.p, sizeof(d.id.b));
	d.kind = (enum ward_decision_kind)kind;
	*ret = d;
	return WARD_OK;
}

void ward_decided_put(struct ward_wr *w, const struct ward_decided *d)
{
	ward_wr_u8(w, (uint8_t)d->err);
	ward_wr_lv(w, ward_str_bytes(d->why));
	ward_wr_lv(w, ward_str_bytes(d->json));
}

enum ward_err ward_decided_get(struct ward_rd *r, struct ward_decided *ret)
{
	struct ward_decided d;
	uint8_t err = ward_rd_u8(r);
	bool ok = true;

	d.why = get_text(r, WARD_DECISION_TEXT, true, &ok);
	d.json = get_text(r, WARD_DECISION_ARGS, true, &ok);
	if (!ok || ward_rd_bad(r) || ward_rd_left(r) || err >= WARD_ERR_N)
		return WARD_ERR_MALFORMED;
	d.err = (enum ward_err)err;
	*ret = d;
	return WARD_OK;
}
