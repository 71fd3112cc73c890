#include "run/proc/login.h"

#include "run/photo.h"
#include "run/upload.h"
#include "words/words.h"

static const ward_ns again = 2 * WARD_NS_PER_S, patience = 25 * WARD_NS_PER_S;

static void refuse(struct login *k, uint32_t id, const struct ward_decided *d)
{
	struct ward_wr w = ward_wr_fixed(k->out, sizeof(k->out));

	ward_decided_put(&w, d);
	ward_count_name(&k->p.counters, "login.decisions_refused", 1);
	if (ward_msg_send(k->api, WARD_MSG_DECIDED, id, ward_wr_slice(&w)) != WARD_OK)
		ward_count_name(&k->p.counters, "login.unsent_answers", 1);
}

static void decided(struct login *k, uint32_t id, enum ward_err e, const char *why)
{
	refuse(k, id, &(struct ward_decided){.err = e, .why = ward_str_z(why)});
}

static void send_on(struct login *k, struct handed *h)
{
	enum ward_err err = ward_msg_send(h->to, h->type, h->id, ward_wr_slice(&h->body));

	h->sent = ward_clock_mono(k->p.clock);
	if (err && err != WARD_ERR_AGAIN)
		ward_process_die(&k->p, h->to == k->desk ? "desk" : "file", err);
}

static void free_handed(struct handed *h)
{
	login_forget(&h->body); /* a one-time code may be in it */
	*h = (struct handed){.used = false};
}

static struct handed *place(struct login *k, uint32_t asked)
{
	struct handed *free_one = NULL;

	for (size_t i = 0; i < LOGIN_HANDED; i++) {
		if (k->handed[i].used && k->handed[i].asked == asked)
			return &k->handed[i];
		free_one = k->handed[i].used ? free_one : &k->handed[i];
	}
	return free_one;
}

static bool is_machine(struct ward_str person)
{
	return ward_str_starts(person, WARD_STR(WARD_MACHINE_PREFIX));
}

struct shares {
	size_t all, of_one, machines;
};

/* How many of what goes there have no answer yet, and how many of them are that person's. */
static struct shares waiting(const struct login *k, int to, struct ward_str person)
{
	struct shares n = {0, 0, 0};

	for (size_t i = 0; i < LOGIN_HANDED; i++) {
		const struct handed *h = &k->handed[i];

		n.all += h->used && h->to == to;
		n.of_one += h->used && h->to == to && ward_str_eq(h->person, person);
		n.machines += h->used && h->to == to && is_machine(h->person);
	}
	return n;
}

/* Each of one person's may take as long as a camera that does not answer, and a file as long as the
 * looking at it: they keep out neither what others decide nor, being files, any decision. */
static const char *why_full(const struct login *k, int to, struct ward_str person)
{
	bool file = to == k->file;
	struct shares n = waiting(k, to, person);

	if (n.of_one >= (size_t)(file ? LOGIN_FILES_OF_ONE : LOGIN_DECISIONS_OF_ONE))
		return WARD_TEXT(
			"what you decided before has no answer yet; try again in a moment");
	if (n.all >= (size_t)(file ? LOGIN_FILES : LOGIN_DECISIONS) ||
		(is_machine(person) && n.machines >= LOGIN_FILES_MACHINES))
		return WARD_TEXT("many decide just now; try again in a moment");
	return NULL;
}

/* Where what that person sends is written; NULL: it is answered, or on its way. */
static struct handed *begin(
	struct login *k, uint32_t asked, enum ward_msg_type type, struct ward_str person)
{
	struct handed *h = place(k, asked);
	int to = type == WARD_MSG_UPLOAD ? k->file : k->desk;
	const char *why = h && h->used ? NULL : why_full(k, to, person);

	if (h && h->used) /* asked again: the answer comes */
		return NULL;
	if (why) {
		decided(k, asked, WARD_ERR_AGAIN, why);
		return NULL;
	}
	WARD_ASSERT(h); /* there are as many places as may wait */
	*h = (struct handed){.used = true,
		.type = type,
		.to = to,
		.asked = asked,
		.id = k->next_id++,
		.begun = ward_clock_mono(k->p.clock),
		.person = person,
		.body = ward_wr_grow(ward_mem_heap(), WARD_MSG_BODY_MAX)};
	return h;
}

static void hand_on(struct login *k, struct handed *h)
{
	if (ward_wr_bad(&h->body)) {
		decided(k, h->asked, WARD_ERR_LIMIT,
			WARD_TEXT("the decision is too long; write a shorter text"));
		free_handed(h);
		return;
	}
	ward_count_name(&k->p.counters, "login.decisions", 1);
	send_on(k, h);
}

/* As the session has them: its post and the person's groups may leave fewer. */
static struct ward_str places_of(struct login *k, const struct ward_session *who)
{
	struct ward_wr w = ward_wr_fixed(k->places, sizeof(k->places));

	for (size_t i = 0; i < who->n_place; i++) {
		ward_wr_z(&w, i ? " " : "");
		ward_wr_str(&w, who->place[i]);
	}
	WARD_ASSERT(!ward_wr_bad(&w)); /* the hospital's ids: see its size */
	return ward_wr_text(&w);
}

void login_decide(struct login *k, struct ward_msg *m)
{
	uint8_t token[WARD_SIGN_TOKEN];
	struct ward_decision d;
	struct ward_session who;
	const char *why = "";
	enum ward_err err;

	if (ward_sign_decide_get(&m->body, token, &d) != WARD_OK) {
		ward_count_name(&k->p.counters, "login.malformed", 1);
		decided(k, m->id, WARD_ERR_MALFORMED, login_not_understood());
	} else if (ward_signing_who(k->signing, token, &who) != WARD_OK) {
		decided(k, m->id, WARD_ERR_CLOSED, WARD_TEXT("you are signed out; sign in again"));
	} else if ((err = ward_signing_may(k->signing, &who, &d, &why)) != WARD_OK) {
		refuse(k, m->id,
			&(struct ward_decided){.err = WARD_ERR_DENIED,
				.why = ward_str_z(why),
				.json = err == WARD_ERR_STATE ? WARD_STR(WARD_SIGN_STEP_UP)
							      : WARD_STR("")});
	} else {
		d.person = who.person;
		d.places = places_of(k, &who);
		struct handed *h = begin(k, m->id, WARD_MSG_DECIDE, who.person);

		if (h) {
			ward_decision_put(&h->body, &d);
			hand_on(k, h);
		}
	}
	ward_wipe(token, sizeof(token));
}

/* Who reports something by that token. False: it was said why nobody does. */
static bool reports(struct login *k, uint32_t id, struct ward_slice token, struct ward_session *who)
{
	if (ward_signing_who(k->signing, token.p, who) != WARD_OK)
		decided(k, id, WARD_ERR_CLOSED, WARD_TEXT("you are signed out; sign in again"));
	else if (!(who->rights & WARD_RIGHT_BIT(WARD_RIGHT_REPORT)))
		decided(k, id, WARD_ERR_DENIED, WARD_TEXT("your account may not report anything"));
	else
		return true;
	return false;
}

static void not_read(struct login *k, uint32_t id)
{
	ward_count_name(&k->p.counters, "login.malformed", 1);
	decided(k, id, WARD_ERR_MALFORMED, login_not_understood());
}

/* Token and piece: whose it is goes before it. */
void login_photo(struct login *k, struct ward_msg *m)
{
	struct ward_slice token = ward_rd_bytes(&m->body, WARD_SIGN_TOKEN);
	struct ward_photo_piece piece;
	struct ward_session who;
	struct handed *h;

	if (ward_photo_get(&m->body, &piece) != WARD_OK) {
		not_read(k, m->id);
	} else if (reports(k, m->id, token, &who) &&
		   (h = begin(k, m->id, WARD_MSG_PHOTO, who.person))) {
		ward_wr_lv(&h->body, ward_str_bytes(who.person));
		ward_photo_put(&h->body, &piece);
		hand_on(k, h);
	}
}

static const char *no_one_looks(void)
{
	return WARD_TEXT("nobody looks at files here: say `inspect: true` in console.yml");
}

/* The same of a file. */
void login_upload(struct login *k, struct ward_msg *m)
{
	struct ward_slice token = ward_rd_bytes(&m->body, WARD_SIGN_TOKEN);
	struct ward_upload_piece piece;
	struct ward_session who;
	struct handed *h;

	if (ward_upload_get(&m->body, &piece) != WARD_OK) {
		not_read(k, m->id);
	} else if (k->file == WARD_FD_NONE) {
		decided(k, m->id, WARD_ERR_NOT_FOUND, no_one_looks());
	} else if (reports(k, m->id, token, &who) &&
		   (h = begin(k, m->id, WARD_MSG_UPLOAD, who.person))) {
		ward_wr_lv(&h->body, ward_str_bytes(who.person));
		ward_upload_put(&h->body, &piece);
		hand_on(k, h);
	}
}

void login_upload_by(struct login *k, struct ward_msg *m)
{
	struct ward_slice print = ward_rd_bytes(&m->body, WARD_SIGN_TOKEN);
	const struct login_machine *x = NULL;
	struct ward_upload_piece piece;
	struct handed *h;

	for (size_t i = 0; print.len == WARD_SIGN_TOKEN && i < k->n_machine && !x; i++)
		if (memcmp(k->machine[i].print, print.p, print.len) == 0)
			x = &k->machine[i];
	if (ward_upload_get(&m->body, &piece) != WARD_OK) {
		not_read(k, m->id);
	} else if (k->file == WARD_FD_NONE) {
		decided(k, m->id, WARD_ERR_NOT_FOUND, no_one_looks());
	} else if (!x) {
		decided(k, m->id, WARD_ERR_DENIED,
			WARD_TEXT("this machine may not hand in files: give it the right `report` "
				  "in machines.yml"));
	} else if ((h = begin(k, m->id, WARD_MSG_UPLOAD, ward_str_z(x->who)))) {
		ward_wr_lv(&h->body, ward_str_bytes(h->person));
		ward_upload_put(&h->body, &piece);
		hand_on(k, h);
	}
}

bool login_hear_decided(struct login *k, int from)
{
	struct ward_msg m;
	struct ward_decided d;
	enum ward_err err = ward_msg_recv(from, k->buf, &m);

	if (err == WARD_ERR_CLOSED)
		ward_process_die(&k->p, from == k->desk ? "desk" : "file", err);
	if (err == WARD_ERR_AGAIN)
		return false;
	if (err || m.type != WARD_MSG_DECIDED || ward_decided_get(&m.body, &d) != WARD_OK) {
		ward_count_name(&k->p.counters, "login.unread_answers", 1);
		return true;
	}
	for (size_t i = 0; i < LOGIN_HANDED; i++) {
		struct handed *h = &k->handed[i];
		struct ward_wr w = ward_wr_fixed(k->out, sizeof(k->out));

		if (!h->used || h->id != m.id || h->to != from)
			continue;
		ward_decided_put(&w, &d);
		WARD_ASSERT(!ward_wr_bad(&w));
		if (ward_msg_send(k->api, WARD_MSG_DECIDED, h->asked, ward_wr_slice(&w)) != WARD_OK)
			ward_count_name(&k->p.counters, "login.unsent_answers", 1);
		free_handed(h);
		return true;
	}
	ward_count_name(&k->p.counters, "login.late_answers", 1);
	return true;
}

void login_decide_tick(struct login *k)
{
	ward_ns now = ward_clock_mono(k->p.clock);

	for (size_t i = 0; i < LOGIN_HANDED; i++) {
		struct handed *h = &k->handed[i];

		if (h->used && now - h->begun > patience) {
			decided(k, h->asked, WARD_ERR_AGAIN,
				WARD_TEXT("no answer from the desk: whether it was taken is not "
					  "known; decide it again"));
			free_handed(h);
		} else if (h->used && now - h->sent > again) {
			send_on(k, h);
		}
	}
}

void login_decide_end(struct login *k)
{
	for (size_t i = 0; i < LOGIN_HANDED; i++)
		free_handed(&k->handed[i]);
}
