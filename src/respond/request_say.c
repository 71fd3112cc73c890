/* A request in words, and as data. */
#include "respond/brief.h"
#include "respond/request.h"
#include "respond/playbook/run.h"
#include "story/text.h"

enum { SAYS_MAX = RESPOND_SAYS_MAX, SHOWN_MAX = 2000, COLUMNS_MAX = 600 };

struct saying {
	struct ward_run_phrase p;
	struct ward_rd values; /* n pairs */
	uint64_t n;
};

static struct ward_str get_lv(struct ward_rd *r)
{
	return ward_slice_text(ward_rd_lv(r, SAYS_MAX));
}

static bool value_of(void *ctx, struct ward_str name, struct ward_str *ret)
{
	const struct saying *s = ctx;
	struct ward_rd r = s->values;

	for (uint64_t i = 0; i < s->n && !ward_rd_bad(&r); i++) {
		bool is = ward_str_eq(get_lv(&r), name);

		*ret = get_lv(&r);
		if (is)
			return !ward_rd_bad(&r);
	}
	return false;
}

static bool read_phrase(const struct request *q, struct saying *s)
{
	struct ward_rd r =
		ward_rd_slice(ward_slice_of((const uint8_t *)q->says.p, q->says.len - 1));
	struct ward_run_phrase *p = &s->p;
	uint64_t n;

	*p = (struct ward_run_phrase){
		.text = get_lv(&r), .type = WARD_STR(""), .late_name = WARD_STR("")};
	p->type = get_lv(&r);
	p->late_name = get_lv(&r);
	n = ward_rd_varint(&r);
	for (p->n_late = 0; p->n_late < n && p->n_late < WARD_RUN_LATE; p->n_late++)
		p->late[p->n_late] = get_lv(&r);
	n = ward_rd_varint(&r);
	for (; p->n_question < n && p->n_question < WARD_RUN_QUESTIONS; p->n_question++) {
		p->question[p->n_question].name = get_lv(&r);
		p->question[p->n_question].text = get_lv(&r);
	}
	s->n = ward_rd_varint(&r);
	s->values = r;
	for (uint64_t i = 0; i < s->n && !ward_rd_bad(&r); i++) {
		(void)get_lv(&r);
		(void)get_lv(&r);
	}
	p->by_hand = p->content = WARD_STR("");
	if (ward_rd_left(&r)) { /* a former version kept neither */
		p->by_hand = get_lv(&r);
		p->content = get_lv(&r);
	}
	return !ward_rd_bad(&r);
}

static void say(struct ward_lang *lang, const struct request *q, struct ward_wr *to)
{
	struct saying s;

	if (!read_phrase(q, &s))
		return;
	if (q->is != REQUEST_ASKED) /* which one it was, and no more */
		s.p.n_late = s.p.n_question = 0;
	ward_run_phrase_say(&s.p, lang, value_of, &s, to);
}

/* Each of its lines without what hides or turns, the first SHOWN_MAX bytes. */
static void say_shown(
	struct ward_respond *r, struct ward_lang *lang, const struct request *q, struct ward_wr *to)
{
	struct ward_wr all = ward_wr_grow(r->o.mem, 1 << 20);
	size_t begin = to->len;

	say(lang, q, &all);
	struct ward_str rest = ward_wr_text(&all);

	while (rest.len && to->len - begin < SHOWN_MAX) {
		if (to->len > begin)
			ward_wr_z(to, "\n  ");
		(void)ward_text_line(to, ward_str_cut(&rest, '\n'), COLUMNS_MAX);
	}
	to->bad = to->bad || ward_wr_bad(&all);
	ward_wr_fini(&all);
}

static const char *const said[REQUEST_OF_N][REQUEST_N] = {
	{[REQUEST_ASKED] = WARD_TEXT("To do before {time}, {role}: {text}"),
		[REQUEST_DONE] = WARD_TEXT("Done, {role}: {text}"),
		[REQUEST_CANNOT] = WARD_TEXT("It can't be done, {role}: {text}"),
		[REQUEST_WITHDRAWN] = WARD_TEXT("No longer to be done, {role}: {text}")},
	{[REQUEST_ASKED] = WARD_TEXT("To approve or refuse before {time}: {text}"),
		[REQUEST_DONE] = WARD_TEXT("Approved: {text}"),
		[REQUEST_CANNOT] = WARD_TEXT("Refused: {text}"),
		[REQUEST_WITHDRAWN] = WARD_TEXT("No longer to be approved: {text}")},
	{[REQUEST_ASKED] = WARD_TEXT("The crisis cell asks before {time}, {role}: {text}"),
		[REQUEST_DONE] = WARD_TEXT("Done, {role}: {text}"),
		[REQUEST_CANNOT] = WARD_TEXT("It can't be done, {role}: {text}"),
		[REQUEST_WITHDRAWN] = WARD_TEXT("No longer to be done, {role}: {text}")},
	{[REQUEST_ASKED] = WARD_TEXT("The crisis cell calls you in, {role}: {text}"),
		[REQUEST_DONE] = WARD_TEXT("Done, {role}: {text}"),
		[REQUEST_CANNOT] = WARD_TEXT("It can't be done, {role}: {text}"),
		[REQUEST_WITHDRAWN] =
			WARD_TEXT("The crisis cell calls nobody in any more: {text}")},
	{[REQUEST_ASKED] = WARD_TEXT("You are asked to see to an incident, {role}: {text}"),
		[REQUEST_DONE] = WARD_TEXT("Somebody takes it, {role}: {text}"),
		[REQUEST_CANNOT] = WARD_TEXT("It can't be done, {role}: {text}"),
		[REQUEST_WITHDRAWN] = WARD_TEXT("You need not see to it any more, {role}: {text}")},
	{[REQUEST_ASKED] = WARD_TEXT("A clock of the law ends {time}, {role}: {text}"),
		[REQUEST_DONE] = WARD_TEXT("Said to be sent, {role}: {text}"),
		[REQUEST_CANNOT] = WARD_TEXT("It can't be done, {role}: {text}"),
		[REQUEST_WITHDRAWN] = WARD_TEXT("No longer due, {role}: {text}")},
	{[REQUEST_ASKED] = WARD_TEXT("What was sent is other since: tell the receiver before "
				     "{time}, {role}: {text}"),
		[REQUEST_DONE] = WARD_TEXT("Said to be sent, {role}: {text}"),
		[REQUEST_CANNOT] = WARD_TEXT("It can't be done, {role}: {text}"),
		[REQUEST_WITHDRAWN] = WARD_TEXT("No longer due, {role}: {text}")},
	{[REQUEST_ASKED] = WARD_TEXT("One person alone was told a name in an emergency; review it "
				     "before {time}, {role}: {text}"),
		[REQUEST_DONE] = WARD_TEXT("Reviewed, {role}: {text}"),
		[REQUEST_CANNOT] = WARD_TEXT("It can't be done, {role}: {text}"),
		[REQUEST_WITHDRAWN] = WARD_TEXT("No longer to be reviewed, {role}: {text}")},
	{[REQUEST_ASKED] = WARD_TEXT("Nobody knows whether this was done, look: {text}"),
		[REQUEST_DONE] = WARD_TEXT("No longer in doubt: {text}"),
		[REQUEST_CANNOT] = WARD_TEXT("Somebody has looked: {text}"),
		[REQUEST_WITHDRAWN] = WARD_TEXT("No longer in doubt: {text}")},
	{[REQUEST_ASKED] =
			WARD_TEXT("The impact assessment is open again, {role}; other than before: "
				  "{text}"),
		[REQUEST_DONE] = WARD_TEXT("Assessed, {role}: {text}"),
		[REQUEST_CANNOT] = WARD_TEXT("It can't be done, {role}: {text}"),
		[REQUEST_WITHDRAWN] = WARD_TEXT("No longer to be assessed, {role}: {text}")},
	{[REQUEST_ASKED] = WARD_TEXT("Ward watches more of people than before, {role}: {text}"),
		[REQUEST_DONE] = WARD_TEXT("Known, {role}: {text}"),
		[REQUEST_CANNOT] = WARD_TEXT("It can't be done, {role}: {text}"),
		[REQUEST_WITHDRAWN] = WARD_TEXT("Known, {role}: {text}")},
	{[REQUEST_ASKED] = WARD_TEXT("An agreement ends {time}, {role}: {text}"),
		[REQUEST_DONE] = WARD_TEXT("Known, {role}: {text}"),
		[REQUEST_CANNOT] = WARD_TEXT("It can't be done, {role}: {text}"),
		[REQUEST_WITHDRAWN] = WARD_TEXT("Known, {role}: {text}")},
	{[REQUEST_ASKED] =
			WARD_TEXT("A legal hold ends {time}, {role}; what it keeps may be erased "
				  "then: {text}"),
		[REQUEST_DONE] = WARD_TEXT("Known, {role}: {text}"),
		[REQUEST_CANNOT] = WARD_TEXT("It can't be done, {role}: {text}"),
		[REQUEST_WITHDRAWN] = WARD_TEXT("Known, {role}: {text}")},
};

/* What there is to be done in answer. */
static const char *const hint[REQUEST_OF_N] = {WARD_TEXT("Playbook: {name}; request {id}"),
	WARD_TEXT("Action {id}: see what it costs care before"),
	WARD_TEXT("Say under Crisis in the console what became of it; task {id}"),
	WARD_TEXT("Say under Crisis in the console whether you come, and when; call {id}"),
	WARD_TEXT("Acknowledge it, or say that you are on the way; incident {id}"),
	WARD_TEXT("To {name}: see its draft under Clocks of the law in the console; incident {id}"),
	WARD_TEXT("To {name}: what changed stands under Clocks of the law in the console; "
		  "incident {id}"),
	WARD_TEXT("Say under Privacy and law in the console whether it was right; incident {id}"),
	WARD_TEXT("Action {id}: undo it, or refuse it once you have looked"),
	WARD_TEXT("Assess it under Documents for persons in the console"),
	WARD_TEXT("What was taken, and by whom, stands under Privacy and law in the console"),
	WARD_TEXT("Renew it, or stop what rests on it, under Privacy and law in the console"),
	WARD_TEXT("Place another one under Privacy and law in the console, if it is still needed")};

static bool is_of_action(const struct request *q)
{
	return q->of == REQUEST_OF_ACTION || q->of == REQUEST_OF_DOUBT;
}

static const char *text_of(const struct request *q, ward_ns now)
{
	if (q->of == REQUEST_OF_LAW && q->is == REQUEST_ASKED && now > q->due)
		return WARD_TEXT("A clock of the law is over since {time}, {role}: {text}");
	if (q->of == REQUEST_OF_REVEAL && q->is == REQUEST_ASKED && now > q->due)
		return WARD_TEXT("Nobody has reviewed that one person alone was told a name in an "
				 "emergency; due since {time}, {role}: {text}");
	if (q->of == REQUEST_OF_AGREEMENT && q->is == REQUEST_ASKED && now >= q->due)
		return WARD_TEXT("An agreement has ended {time}, {role}: {text}");
	if (q->of == REQUEST_OF_HOLD && q->is == REQUEST_ASKED && now >= q->due)
		return WARD_TEXT("A legal hold has ended {time}, {role}; what it kept goes now: "
				 "{text}");
	if (q->of == REQUEST_OF_TASK && q->is == REQUEST_ASKED && q->due == WARD_NS_NEVER)
		return WARD_TEXT("The crisis cell asks, {role}: {text}");
	if (q->of == REQUEST_OF_UPDATE && q->is == REQUEST_ASKED && q->due == WARD_NS_NEVER)
		return WARD_TEXT("What was sent is other since: tell the receiver, {role}: {text}");
	return said[q->of][q->is];
}

void respond_request_tell(
	struct ward_respond *r, size_t k, const struct request *q, ward_ns now, struct ward_wr *to)
{
	struct ward_lang *lang = r->o.listener[k].lang;
	struct ward_wr what = ward_wr_grow(r->o.mem, SAYS_MAX);
	bool cell = q->of != REQUEST_OF_RUN && !is_of_action(q);
	char id[WARD_ID_TEXT];
	struct brief due;

	say_shown(r, lang, q, &what);
	WARD_SAY(to, lang, text_of(q, now),
		{"time", q->due == WARD_NS_NEVER ? WARD_STR("") : respond_time(&due, q->due, now)},
		{"role", cell ? respond_role_name(r, q->role) : ward_lang_text(lang, q->who)},
		{"text", ward_wr_text(&what)});
	ward_wr_ch(to, '\n');
	ward_id_text(is_of_action(q) ? q->run : q->id, id);
	if (q->is == REQUEST_ASKED) {
		WARD_SAY(to, lang, hint[q->of], {"name", ward_lang_text(lang, q->playbook)},
			{"id", q->of >= REQUEST_OF_ASSIGN && !is_of_action(q) ? q->incident
									      : ward_str_z(id)});
		ward_wr_ch(to, '\n');
	}
	ward_wr_fini(&what);
}

void respond_request_json(
	struct ward_respond *r, size_t k, const struct request *q, struct ward_json *j)
{
	static const char *const of[REQUEST_OF_N] = {"run", "action", "task", "call", "assigned",
		"clock", "update", "reveal", "action", "assessment", "scope", "agreement", "hold"};
	struct ward_wr what = ward_wr_grow(r->o.mem, SAYS_MAX);

	say_shown(r, r->o.listener[k].lang, q, &what);
	ward_json_obj(j);
	ward_json_put_id(j, "id", q->id);
	ward_json_put_id(j, of[q->of], q->of == REQUEST_OF_RUN || is_of_action(q) ? q->run : q->id);
	ward_json_put_str(j, "state", ward_str_z(respond_request_name[q->is]));
	ward_json_put_str(j, "role", q->role);
	if (q->of == REQUEST_OF_RUN)
		ward_json_put_str(j, "playbook", q->playbook);
	if (q->incident.len)
		ward_json_put_str(j, "incident", q->incident);
	if (q->due != WARD_NS_NEVER) {
		ward_json_key(j, "due");
		ward_json_time(j, q->due);
	}
	ward_json_put_str(j, "text", ward_wr_text(&what));
	ward_json_obj_end(j);
	ward_wr_fini(&what);
}
