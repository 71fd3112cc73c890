/* The real process of the desk in its cage, with this test as a person at its socket, in the
 * journal's place and in that of who acts: who is let in, what is recorded or handed on, and that
 * nobody holds up the others. */
#include "desk/event.h"
#include "live.h"
#include "run/desk_client.h"
#include "run/local.h"
#include "run/photo.h"
#include "run/wire.h"

#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { PATIENCE_MS = 60000 };

struct house {
	char folder[64];
	int journal[2], respond[2], photo[2], clips[2], login[2], listener, people;
	struct live_process desk;
};

static uint8_t buf[WARD_MSG_MAX];

/* me: this test's user is the person "anna". photos: somebody makes them fit to be kept. */
static void begin_with(struct house *h, bool me, bool photos)
{
	char text[512];

	*h = (struct house){.people = memfd_create("people", MFD_CLOEXEC)};
	live_folder(h->folder, sizeof(h->folder));
	live_pair(h->journal);
	live_pair(h->respond);
	live_pair(h->photo);
	live_pair(h->clips);
	live_pair(h->login);
	int n = snprintf(text, sizeof(text),
		"person %u anna decide.incident,report,acknowledge,lead.crisis,approve director "
		"guard\nat r-1 r-2\nperson - bo report,acknowledge,see.evidence,unheard.of "
		"guard\nperson - cleo - guard\nnode r-1\nnode zone a\n",
		(unsigned)geteuid() + !me);

	assert_int_equal(write(h->people, text, (size_t)n), n);
	assert_int_equal(
		ward_local_listen(h->folder, WARD_DESK_SOCKET, WARD_LOCAL_GROUP, &h->listener),
		WARD_OK);
	h->desk = (struct live_process){.name = "desk",
		.fd = {{"journal", h->journal[0]}, {"respond", h->respond[0]},
			{"listener", h->listener}, {"people", h->people}, {"login", h->login[0]},
			{"clips", h->clips[0]}}};
	if (photos)
		h->desk.fd[6].name = "photo";
	h->desk.fd[6].fd = h->photo[0];
	live_start(&h->desk);
}

static void begin(struct house *h, bool me)
{
	begin_with(h, me, false);
}

static void end(struct house *h)
{
	live_check(&h->desk);
	assert_int_equal(live_end(&h->desk, SIGTERM), 0);
	for (int i = 0; i < 2; i++) {
		close(h->journal[i]);
		close(h->respond[i]);
		close(h->photo[i]);
		close(h->clips[i]);
		close(h->login[i]);
	}
	close(h->listener);
	close(h->people);
	live_remove(h->folder);
}

static int dial(const struct house *h)
{
	int fd;

	assert_int_equal(ward_local_connect(h->folder, WARD_DESK_SOCKET, &fd), WARD_OK);
	return fd;
}

static struct ward_decision some(enum ward_decision_kind k, const char *subject)
{
	return (struct ward_decision){.kind = k,
		.id = ward_id_v7(ward_clock_system()),
		.at = ward_clock_now(ward_clock_system()),
		.person = WARD_STR(WARD_DESK_WHOEVER),
		.role = WARD_STR(WARD_DESK_WHOEVER),
		.subject = ward_str_z(subject)};
}

static void say(int fd, uint32_t id, const struct ward_decision *d)
{
	static uint8_t body[WARD_MSG_BODY_MAX];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));

	ward_decision_put(&w, d);
	assert_int_equal(ward_msg_send(fd, WARD_MSG_DECIDE, id, ward_wr_slice(&w)), WARD_OK);
}

static struct ward_msg next(int fd, enum ward_msg_type t)
{
	struct pollfd p = {.fd = fd, .events = POLLIN};
	struct ward_msg m;

	if (poll(&p, 1, PATIENCE_MS) != 1)
		fail_msg("nothing comes");
	assert_int_equal(ward_msg_recv(fd, buf, &m), WARD_OK);
	assert_int_equal(m.type, t);
	return m;
}

static void answers(int fd, uint32_t id, enum ward_err err, const char *words)
{
	struct ward_msg m = next(fd, WARD_MSG_DECIDED);
	struct ward_decided d;

	assert_int_equal(m.id, id);
	assert_int_equal(ward_decided_get(&m.body, &d), WARD_OK);
	if (d.err != err || ward_str_find(d.why, ward_str_z(words)) == SIZE_MAX)
		fail_msg("%s '%.*s' and not %s '%s'", ward_err_name(d.err), WARD_STR_ARG(d.why),
			ward_err_name(err), words);
}

static void journal_says(const struct house *h, uint32_t id, enum ward_err verdict)
{
	uint8_t body[9];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));

	ward_wr_u8(&w, (uint8_t)verdict);
	ward_wr_be64(&w, 1);
	assert_int_equal(
		ward_msg_send(h->journal[1], WARD_MSG_APPENDED, id, ward_wr_slice(&w)), WARD_OK);
}

/* Nobody chooses under which id a decision is on record: it is made of who said what. */
static struct ward_id recorded_as(const struct ward_decision *d)
{
	struct ward_idgen g;

	ward_idgen_init(&g, "ward decision");
	ward_idgen_str(&g, WARD_STR("anna"));
	ward_idgen_id(&g, d->id);
	ward_idgen_u64(&g, d->kind);
	ward_idgen_str(&g, d->subject);
	return ward_idgen_final(&g);
}

static char report_said[64], photo_said[64], no_photo_said[WARD_PHOTO_WHY];

static void copy_field(
	struct ward_event *e, struct ward_names *names, const char *field, char *to, size_t cap)
{
	struct ward_str s = ward_event_str(e, ward_name(names, ward_str_z(field)));

	(void)snprintf(to, cap, "%.*s", WARD_STR_ARG(s));
}

/* The one record of an APPEND: that decision, or without one, the event of a photo, of which it
 * copies what is said. */
static void reads(struct ward_msg *m, const struct ward_decision *due)
{
	static struct ward_record rec[WARD_WIRE_BATCH_MAX];
	struct ward_limits lim;
	struct ward_names names;
	struct ward_arena a;
	struct ward_event e;
	struct ward_decision got;
	size_t n;

	ward_limits_default(&lim);
	ward_arena_init(&a, ward_mem_heap(), 1 << 20);
	assert_int_equal(ward_names_init(&names, ward_mem_heap(), &lim), WARD_OK);
	assert_int_equal(
		ward_wire_append(&m->body, 1u << WARD_LANE_CONTROL, 1000, rec, &n), WARD_OK);
	assert_int_equal(n, 1);
	assert_int_equal(ward_event_decode(rec[0].data, &names, &a, &lim, &e), WARD_OK);
	copy_field(&e, &names, "report.of", report_said, sizeof(report_said));
	copy_field(&e, &names, "report.photo", photo_said, sizeof(photo_said));
	copy_field(&e, &names, "report.no_photo", no_photo_said, sizeof(no_photo_said));
	if (!due) {
		assert_true(ward_str_eqz(ward_name_text(&names, e.class), "ward.photo"));
		ward_names_fini(&names);
		ward_arena_fini(&a);
		return;
	}
	assert_int_equal(ward_decision_of_event(&e, &names, &got), WARD_OK);
	assert_int_equal(got.kind, due->kind);
	assert_true(ward_id_eq(got.id, recorded_as(due)) && got.at == due->at);
	assert_true(ward_str_eqz(got.person, "anna") && ward_str_eqz(got.role, "director"));
	assert_true(ward_str_eq(got.subject, due->subject) && ward_str_eq(got.text, due->text));
	ward_names_fini(&names);
	ward_arena_fini(&a);
}

#define INCIDENT "01890a5d-ac96-774b-bcce-b302099a8057"

/* Recorded when durable and not before; the person is whom the kernel knows. */
static void it_is_recorded(void **state)
{
	struct ward_decision d = some(WARD_DECISION_CLOSE, INCIDENT);
	struct house h;

	(void)state;
	begin(&h, true);
	int fd = dial(&h);

	d.text = WARD_STR("care is back\nsince noon");
	say(fd, 7, &d);
	struct ward_msg m = next(h.journal[1], WARD_MSG_APPEND);
	uint32_t id = m.id;
	struct pollfd p = {.fd = fd, .events = POLLIN};

	reads(&m, &d);
	assert_int_equal(poll(&p, 1, 20), 0);
	journal_says(&h, id, WARD_OK);
	answers(fd, 7, WARD_OK, "recorded");
	d = some(WARD_DECISION_PANIC, "zone a");
	say(fd, 9, &d);
	m = next(h.journal[1], WARD_MSG_APPEND);
	id = m.id;
	reads(&m, &d);
	journal_says(&h, id, WARD_ERR_FULL);
	answers(fd, 9, WARD_ERR_FULL, "NOT recorded");
	close(fd);
	end(&h);
}

static void it_is_refused(void **state)
{
	const struct {
		struct ward_decision d;
		const char *role, *args;
		ward_ns off;
		enum ward_err err;
		const char *words;
	} all[] = {{some(WARD_DECISION_CONFIRM, "x"), NULL, NULL, 0, WARD_ERR_MALFORMED,
			   "ward incident list"},
		{some(WARD_DECISION_NOTE, INCIDENT), NULL, NULL, 0, WARD_ERR_MALFORMED, "say why"},
		{some(WARD_DECISION_PANIC, "r-2"), NULL, NULL, 0, WARD_ERR_NOT_FOUND, "no place"},
		{some(WARD_DECISION_CLOSE, INCIDENT), "pharmacist", NULL, 0, WARD_ERR_DENIED,
			"has not the role 'pharmacist'; theirs: director guard"},
		{some(WARD_DECISION_CLOSE, INCIDENT), NULL, NULL, -3600 * WARD_NS_PER_S,
			WARD_ERR_STATE, "a minute"},
		{some(WARD_DECISION_REPORT, "r-1"), NULL, "{\"report\":\"ghost\"}", 0,
			WARD_ERR_MALFORMED, "fire, violence"},
		{some(WARD_DECISION_REPORT, "r-1"), NULL, "[", 0, WARD_ERR_MALFORMED, "no JSON"},
		{some(WARD_DECISION_PANIC, "r-1"), NULL, "{\"a\":1}", 0, WARD_ERR_MALFORMED,
			"has not"},
		{some(WARD_DECISION_RESOLVE, "everything"), NULL, NULL, 0, WARD_ERR_MALFORMED,
			"write 'crisis'"},
		{some(WARD_DECISION_ACTIVATE, "crisis"), NULL, NULL, 0, WARD_ERR_MALFORMED,
			"lack what"},
		{some(WARD_DECISION_STAND_DOWN, INCIDENT), NULL, NULL, 0, WARD_ERR_MALFORMED,
			"why it is over"},
		{some(WARD_DECISION_TASK_DONE, "that one"), NULL, NULL, 0, WARD_ERR_MALFORMED,
			"task or recall"},
		{some(WARD_DECISION_APPROVE, "a"), NULL, NULL, 0, WARD_ERR_NOT_FOUND,
			"no process acts"}};
	struct house h;

	(void)state;
	begin(&h, true);
	int fd = dial(&h);

	for (uint32_t i = 0; i < WARD_ARRAY_LEN(all); i++) {
		struct ward_decision d = all[i].d;

		d.at += all[i].off;
		if (all[i].role)
			d.role = ward_str_z(all[i].role);
		if (all[i].args)
			d.args = ward_str_z(all[i].args);
		say(fd, i, &d);
		answers(fd, i, all[i].err, all[i].words);
	}
	struct pollfd p = {.fd = h.journal[1], .events = POLLIN};

	assert_int_equal(poll(&p, 1, 0), 0);
	close(fd);
	end(&h);
}

/* Whichever way it came: the machine's socket is no way around the rights of the console, nor does
 * a `login` that was taken over decide what nobody of people.yml may. */
static void without_the_right_nobody_decides(void **state)
{
	static const enum ward_decision_kind kinds[] = {WARD_DECISION_HOLD,
		WARD_DECISION_RELEASE_HOLD, WARD_DECISION_EXPORT, WARD_DECISION_PERSON_DONE,
		WARD_DECISION_CONFIGURE, WARD_DECISION_APPOINT, WARD_DECISION_TUNE,
		WARD_DECISION_LAW, WARD_DECISION_START};
	static const enum ward_decision_kind in_console[] = {WARD_DECISION_PROCESSING,
		WARD_DECISION_PERSON_REQUEST, WARD_DECISION_PERSON_ANSWER, WARD_DECISION_ASSESS,
		WARD_DECISION_VOUCH, WARD_DECISION_REVEAL_REVIEW};
	struct house h;
	uint32_t id = 1;

	(void)state;
	begin(&h, true);
	int fd = dial(&h);

	for (size_t i = 0; i < WARD_ARRAY_LEN(kinds); i++) {
		struct ward_decision d = some(kinds[i], INCIDENT);

		d.text = WARD_STR("since I say so");
		say(fd, id, &d);
		answers(fd, id++, WARD_ERR_DENIED, "your profile does not let you");
		d.person = WARD_STR("cleo"); /* who has none */
		say(h.login[1], id, &d);
		answers(h.login[1], id++, WARD_ERR_DENIED, "your profile does not let you");
	}
	for (size_t i = 0; i < WARD_ARRAY_LEN(in_console); i++) {
		struct ward_decision d = some(in_console[i], INCIDENT);

		d.text = WARD_STR("since I say so");
		say(fd, id, &d);
		answers(fd, id++, WARD_ERR_DENIED, "decide it in the console");
	}
	struct pollfd p = {.fd = h.journal[1], .events = POLLIN};

	assert_int_equal(poll(&p, 1, 0), 0);
	close(fd);
	end(&h);
}

static void hand_in(int fd, uint32_t id, const struct ward_decision *d, bool last)
{
	static const uint8_t bytes[] = "a photo";
	uint8_t body[256];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));
	const struct ward_photo_piece p = {.id = d->id,
		.subject = d->subject,
		.size = sizeof(bytes),
		.off = last ? 3 : 0,
		.bytes = ward_slice_of(bytes + (last ? 3 : 0), last ? sizeof(bytes) - 3 : 3)};

	ward_photo_put(&w, &p);
	assert_int_equal(ward_msg_send(fd, WARD_MSG_PHOTO, id, ward_wr_slice(&w)), WARD_OK);
}

/* Who makes photos gets a piece of that report's, and answers. */
static void photo_says(
	const struct house *h, const struct ward_decision *d, const struct ward_decided *said)
{
	struct ward_msg m = next(h->photo[1], WARD_MSG_PHOTO);
	struct ward_photo_piece p;
	uint8_t body[256];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));

	assert_int_equal(ward_photo_get(&m.body, &p), WARD_OK);
	assert_true(ward_id_eq(p.id, recorded_as(d)));
	ward_decided_put(&w, said);
	assert_int_equal(
		ward_msg_send(h->photo[1], WARD_MSG_DECIDED, m.id, ward_wr_slice(&w)), WARD_OK);
}

/* It is said, and recorded. */
static void goes_out(struct house *h, int fd, const struct ward_decision *d)
{
	say(fd, 99, d);
	struct ward_msg m = next(h->journal[1], WARD_MSG_APPEND);
	uint32_t id = m.id;

	reads(&m, d);
	journal_says(h, id, WARD_OK);
	answers(fd, 99, WARD_OK, "recorded");
}

/* It is recorded what became of the photo of d, and then answered as message `of`. */
static void joins(struct house *h, int fd, const struct ward_decision *d, uint32_t of,
	const char *photo, const char *why)
{
	struct ward_msg m = next(h->journal[1], WARD_MSG_APPEND);
	char report[WARD_ID_TEXT];
	uint32_t id = m.id;
	struct pollfd p = {.fd = fd, .events = POLLIN};

	reads(&m, NULL);
	ward_id_text(recorded_as(d), report);
	assert_string_equal(report_said, report);
	assert_string_equal(photo_said, photo);
	if (!strstr(no_photo_said, why) || !*no_photo_said != !*why)
		fail_msg("'%s' and not '%s'", no_photo_said, why);
	assert_int_equal(poll(&p, 1, 20), 0);
	journal_says(h, id, WARD_OK);
	m = next(fd, WARD_MSG_DECIDED);
	struct ward_decided got;
	struct ward_id is;

	assert_int_equal(m.id, of);
	assert_int_equal(ward_decided_get(&m.body, &got), WARD_OK);
	assert_int_equal(got.err == WARD_OK, *photo != 0);
	assert_int_equal(ward_photo_said(got.json, &is), *photo != 0);
	assert_true(ward_str_find(got.why, ward_str_z(why)) != SIZE_MAX);
}

#define PHOTO "11890a5d-ac96-774b-bcce-b302099a8057"

/* A report waits for no photo, which is taken of no report but one on record, and joined to it by
 * an event; so is why there is none. */
static void a_report_has_a_photo(void **state)
{
	const struct ward_decided more = {WARD_OK, WARD_STR(""), WARD_STR("")},
				  kept = {WARD_OK, WARD_STR(""),
					  WARD_STR("{\"photo\":\"" PHOTO "\"}")},
				  none = {WARD_ERR_MALFORMED, WARD_STR("it is damaged"),
					  WARD_STR("")};
	struct ward_decision d = some(WARD_DECISION_REPORT, "r-1"), other;
	struct house h;

	(void)state;
	begin_with(&h, true, true);
	int fd = dial(&h);

	hand_in(fd, 1, &d, false);
	answers(fd, 1, WARD_ERR_STATE, "say the report first");
	goes_out(&h, fd, &d);
	other = some(WARD_DECISION_REPORT, "r-1");
	hand_in(fd, 2, &other, false);
	answers(fd, 2, WARD_ERR_STATE, "say the report first");
	hand_in(fd, 3, &d, false);
	photo_says(&h, &d, &more);
	answers(fd, 3, WARD_OK, "");
	hand_in(fd, 4, &d, true);
	photo_says(&h, &d, &kept);
	joins(&h, fd, &d, 4, PHOTO, "");
	d = some(WARD_DECISION_REPORT, "r-1");
	goes_out(&h, fd, &d);
	hand_in(fd, 5, &d, false);
	photo_says(&h, &d, &none);
	joins(&h, fd, &d, 5, "", "it is damaged");
	d = some(WARD_DECISION_REPORT, "r-1"); /* who waits no longer is not waited for */
	goes_out(&h, fd, &d);
	hand_in(fd, 6, &d, false);
	close(fd);
	photo_says(&h, &d, &kept);
	struct ward_msg m = next(h.journal[1], WARD_MSG_APPEND);
	uint32_t told = m.id;

	reads(&m, NULL);
	assert_string_equal(photo_said, PHOTO);
	journal_says(&h, told, WARD_OK);
	fd = dial(&h);
	d = some(WARD_DECISION_REPORT, "r-1"); /* who makes them hangs */
	goes_out(&h, fd, &d);
	hand_in(fd, 6, &d, false);
	d = some(WARD_DECISION_PANIC, "r-1");
	goes_out(&h, fd, &d);
	close(fd);
	end(&h);
	begin(&h, true);
	fd = dial(&h);
	d = some(WARD_DECISION_REPORT, "r-1");
	goes_out(&h, fd, &d);
	hand_in(fd, 1, &d, false);
	joins(&h, fd, &d, 1, "", "no evidence key");
	close(fd);
	end(&h);
}

/* Root and who runs Ward are nobody by that. */
static void nobody_is_let_in(void **state)
{
	struct house h;

	(void)state;
	begin(&h, false);
	int fd = dial(&h);

	answers(fd, 0, WARD_ERR_DENIED, "people.yml");
	close(fd);
	end(&h);
}

/* More decisions of one person than may wait: the others are answered, and told why. */
static void too_many_wait(void **state)
{
	enum { MOST = 4 };
	struct ward_decision d = some(WARD_DECISION_CLOSE, INCIDENT);
	struct house h;
	int fd[MOST], other;

	(void)state;
	begin(&h, true);
	for (uint32_t i = 0; i < MOST; i++) {
		d = some(WARD_DECISION_CLOSE, INCIDENT);
		d.text = WARD_STR("why");
		fd[i] = dial(&h);
		say(fd[i], i + 1, &d);
		(void)next(h.journal[1], WARD_MSG_APPEND); /* it waits for the journal */
	}
	other = dial(&h);
	answers(other, 0, WARD_ERR_AGAIN, "wait already");
	(void)close(other);
	for (int i = 0; i < 20; i++) { /* whoever asks, as commands do, is told so each time */
		struct ward_desk_client *c;
		struct ward_decided said;

		assert_int_equal(ward_desk_say(h.folder, &d, &c, &said), WARD_OK);
		assert_int_equal(said.err, WARD_ERR_AGAIN);
		assert_true(ward_str_find(said.why, WARD_STR("wait already")) != SIZE_MAX);
		ward_desk_client_free(c);
	}
	for (size_t i = 0; i < MOST; i++)
		(void)close(fd[i]);
	end(&h);
}

/* Handed on with its proof to who acts, whose answer comes back as it is; a silent one, one that
 * sends no decision, and a killed desk hold up nobody. */
static void it_is_handed_on(void **state)
{
	struct ward_decision d = some(WARD_DECISION_ACKNOWLEDGE, "m-1"), got;
	const struct ward_decided yes = {
		.why = WARD_STR("read"), .json = WARD_STR("{\"ladder\":1}")};
	uint8_t body[256];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));
	struct house h;

	(void)state;
	begin(&h, true);
	int silent = dial(&h), wrong = dial(&h), fd = dial(&h);

	assert_int_equal(
		ward_msg_send(wrong, WARD_MSG_APPEND, 1, ward_str_bytes(WARD_STR("x"))), WARD_OK);
	d.proof = WARD_STR("123456");
	d.places = WARD_STR("everywhere"); /* nobody says that themselves */
	say(fd, 3, &d);
	struct ward_msg m = next(h.respond[1], WARD_MSG_DECIDE);
	uint32_t id = m.id;

	assert_int_equal(ward_decision_get(&m.body, &got), WARD_OK);
	assert_true(ward_str_eqz(got.proof, "123456") && ward_str_eqz(got.person, "anna"));
	assert_true(ward_str_eqz(got.places, "r-1 r-2"));
	ward_decided_put(&w, &yes);
	assert_int_equal(
		ward_msg_send(h.respond[1], WARD_MSG_DECIDED, id + 1, ward_wr_slice(&w)), WARD_OK);
	assert_int_equal(
		ward_msg_send(h.respond[1], WARD_MSG_DECIDED, id, ward_wr_slice(&w)), WARD_OK);
	answers(fd, 3, WARD_OK, "read");
	assert_int_equal(live_end(&h.desk, SIGKILL), SIGKILL);
	close(fd);
	live_start(&h.desk);
	fd = dial(&h);
	d = some(WARD_DECISION_PANIC, "r-1");
	say(fd, 4, &d);
	m = next(h.journal[1], WARD_MSG_APPEND);
	journal_says(&h, m.id, WARD_OK);
	answers(fd, 4, WARD_OK, "recorded");
	close(fd);
	close(silent);
	close(wrong);
	end(&h);
}

/* Of who is signed in `login` names the person, who needs no user of this machine; nobody else can
 * name one. Several wait at once, asked again they are the same, and the link stays. */
static void who_is_signed_in_decides(void **state)
{
	struct ward_decision d[2] = {some(WARD_DECISION_ACKNOWLEDGE, "m-1"),
		some(WARD_DECISION_CLOSE, INCIDENT)},
			     got;
	const struct ward_decided yes = {.why = WARD_STR("read")};
	uint8_t body[64];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));
	struct house h;

	(void)state;
	begin(&h, true);
	d[0].person = WARD_STR("bo");
	d[1].person = WARD_STR("anna");
	say(h.login[1], 1, &d[0]);
	say(h.login[1], 1, &d[0]);
	struct ward_msg m = next(h.respond[1], WARD_MSG_DECIDE);
	uint32_t first = m.id;

	assert_int_equal(ward_decision_get(&m.body, &got), WARD_OK);
	assert_true(ward_str_eqz(got.person, "bo") && ward_str_eqz(got.role, "guard"));
	say(h.login[1], 2, &d[1]);
	m = next(h.journal[1], WARD_MSG_APPEND);
	uint32_t second = m.id;

	reads(&m, &d[1]);
	journal_says(&h, second, WARD_OK);
	answers(h.login[1], 2, WARD_OK, "recorded");
	ward_decided_put(&w, &yes);
	assert_int_equal(
		ward_msg_send(h.respond[1], WARD_MSG_DECIDED, first, ward_wr_slice(&w)), WARD_OK);
	answers(h.login[1], 1, WARD_OK, "read");
	d[0].person = WARD_STR("carl");
	say(h.login[1], 3, &d[0]);
	answers(h.login[1], 3, WARD_ERR_DENIED, "nobody of that id");
	d[0].person = WARD_STR("bo");
	d[0].role = WARD_STR("director");
	say(h.login[1], 4, &d[0]);
	answers(h.login[1], 4, WARD_ERR_DENIED, "has not the role 'director'; theirs: guard");
	assert_int_equal(ward_msg_send(h.login[1], WARD_MSG_APPEND, 5, ward_wr_slice(&w)), WARD_OK);
	int fd = dial(&h);

	d[0] = some(WARD_DECISION_ACKNOWLEDGE, "m-2");
	d[0].person = WARD_STR("bo"); /* at the socket the kernel says who it is */
	say(fd, 6, &d[0]);
	m = next(h.respond[1], WARD_MSG_DECIDE);
	assert_int_equal(ward_decision_get(&m.body, &got), WARD_OK);
	assert_true(ward_str_eqz(got.person, "anna"));
	close(fd);
	end(&h);
}

/* Who looks at a clip is known by `login`, which knows the rights of who asks; the reason goes
 * along. */
static void a_reading_goes_to_clips(void **state)
{
	struct ward_decision d = some(WARD_DECISION_READ, INCIDENT), got;
	const struct ward_decided yes = {.json = WARD_STR("{\"reading\":\"…\"}")};
	uint8_t body[64];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));
	struct house h;

	(void)state;
	begin(&h, true);
	d.person = WARD_STR("bo");
	say(h.login[1], 1, &d);
	answers(h.login[1], 1, WARD_ERR_MALFORMED, "say why");
	d.text = WARD_STR("who came in?");
	say(h.login[1], 2, &d);
	struct ward_msg m = next(h.clips[1], WARD_MSG_DECIDE);

	assert_int_equal(ward_decision_get(&m.body, &got), WARD_OK);
	assert_true(got.kind == WARD_DECISION_READ && ward_str_eqz(got.person, "bo"));
	assert_true(ward_str_eqz(got.text, "who came in?") && ward_str_eqz(got.subject, INCIDENT));
	ward_decided_put(&w, &yes);
	assert_int_equal(
		ward_msg_send(h.clips[1], WARD_MSG_DECIDED, m.id, ward_wr_slice(&w)), WARD_OK);
	answers(h.login[1], 2, WARD_OK, "");
	int fd = dial(&h);

	say(fd, 3, &d);
	answers(fd, 3, WARD_ERR_DENIED, "ward clip export");
	close(fd);
	end(&h);
}

static void hand_in_as(int fd, uint32_t id, const char *person, const struct ward_decision *d)
{
	static const uint8_t bytes[] = "a photo";
	uint8_t body[256];
	struct ward_wr w = ward_wr_fixed(body, sizeof(body));
	const struct ward_photo_piece p = {.id = d->id,
		.subject = d->subject,
		.size = sizeof(bytes),
		.bytes = ward_slice_of(bytes, sizeof(bytes))};

	ward_wr_lv(&w, ward_str_bytes(ward_str_z(person)));
	ward_photo_put(&w, &p);
	assert_int_equal(ward_msg_send(fd, WARD_MSG_PHOTO, id, ward_wr_slice(&w)), WARD_OK);
}

/* Of who is signed in, a photo comes in a message of its own; of their report alone. */
static void a_photo_comes_by_login(void **state)
{
	const struct ward_decided kept = {
		WARD_OK, WARD_STR(""), WARD_STR("{\"photo\":\"" PHOTO "\"}")};
	struct ward_decision d = some(WARD_DECISION_REPORT, "r-1");
	struct house h;

	(void)state;
	begin_with(&h, false, true);
	d.person = WARD_STR("anna");
	hand_in_as(h.login[1], 1, "anna", &d);
	answers(h.login[1], 1, WARD_ERR_STATE, "say the report first");
	goes_out(&h, h.login[1], &d);
	hand_in_as(h.login[1], 2, "bo", &d);
	answers(h.login[1], 2, WARD_ERR_STATE, "say the report first");
	hand_in_as(h.login[1], 3, "carl", &d);
	answers(h.login[1], 3, WARD_ERR_DENIED, "nobody of that id");
	hand_in_as(h.login[1], 4, "anna", &d);
	photo_says(&h, &d, &kept);
	joins(&h, h.login[1], &d, 4, PHOTO, "");
	end(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(it_is_recorded),
		cmocka_unit_test(it_is_refused), cmocka_unit_test(without_the_right_nobody_decides),
		cmocka_unit_test(a_report_has_a_photo), cmocka_unit_test(a_photo_comes_by_login),
		cmocka_unit_test(nobody_is_let_in), cmocka_unit_test(too_many_wait),
		cmocka_unit_test(it_is_handed_on), cmocka_unit_test(who_is_signed_in_decides),
		cmocka_unit_test(a_reading_goes_to_clips)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
