/* The process that knows who has an account and who is signed in: it answers `api` (SIGN), and root
 * or whoever runs Ward at the machine's socket, and hands decisions of those who are signed in on
 * to `desk`, with the person that the session has. It reads passwords, and speaks with nobody
 * outside.
 *
 * Passwords are checked one at a time, addresses in rotation (run/guesses.h), and what needs none
 * is answered between two of them. */
#include "run/proc/login.h"

#include "respond/act/totp.h"
#include "words/words.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	WAIT_MS = 1000,
	PATH_BYTES = 4096,
	MEMORY = 512 << 20,
};

static const ward_ns idle_max = 10 * WARD_NS_PER_S, tidy_every = 60 * WARD_NS_PER_S,
		     /* how soon somebody whose turn did not come should ask again */
	busy_wait = 2 * WARD_NS_PER_S;

const char *login_not_understood(void)
{
	return WARD_TEXT("that was not understood: a text is too long, or "
			 "holds control characters");
}

/* ---- what signing asks of us ---- */

static bool save(void *ctx)
{
	struct login *k = ctx;
	enum ward_err err = ward_accounts_save(&k->accounts, k->dir);

	ward_count_name(&k->p.counters, err ? "login.not_saved" : "login.saved", 1);
	if (err)
		WARD_LOG(&k->p.log, ERROR, "login.not_saved", WARD_KV_Z("reason", strerror(errno)),
			WARD_KV_E(err));
	return !err;
}

static void tell(void *ctx, const struct ward_account_told *t)
{
	struct login *k = ctx;

	login_record_tell(&k->record, t);
}

/* ---- answers ---- */

static void say(struct login *k, int fd, uint32_t id, const struct ward_signed *s)
{
	struct ward_wr w = ward_wr_fixed(k->out, sizeof(k->out));

	ward_signed_put(&w, s);
	WARD_ASSERT(!ward_wr_bad(&w));
	enum ward_err err = ward_msg_send(fd, WARD_MSG_SIGNED, id, ward_wr_slice(&w));

	if (err) /* who asked asks again, or is gone */
		ward_count_name(&k->p.counters, "login.unsent_answers", 1);
	ward_wipe(k->out, w.len);
}

void login_forget(struct ward_wr *w)
{
	if (w->p)
		ward_wipe(w->p, w->cap);
	ward_wr_fini(w);
}

/* ---- passwords, in turn ---- */

static bool is_waiting(const struct login *k, uint32_t id)
{
	for (size_t i = 0; i < WARD_TURNS_MAX; i++)
		if (k->turns.t[i].used && k->job[i].id == id)
			return true;
	return false;
}

static void take_turn(struct login *k, uint32_t id, const struct ward_sign *s)
{
	struct ward_signed busy = {.err = WARD_ERR_AGAIN, .why = WARD_STR(""), .wait = busy_wait};
	size_t at;

	if (is_waiting(k, id)) /* asked again */
		return;
	if (ward_turns_add(&k->turns, ward_signing_from(s->from), &at) != WARD_OK) {
		busy.why = ward_str_z(WARD_TEXT("many sign in just now; try again in a moment"));
		ward_count_name(&k->p.counters, "login.busy", 1);
		say(k, k->api, id, &busy);
		return;
	}
	k->job[at].id = id;
	k->job[at].since = s->since;
	k->job[at].body = ward_wr_grow(ward_mem_heap(), WARD_MSG_BODY_MAX);
	ward_sign_put(&k->job[at].body, s);
	if (ward_wr_bad(&k->job[at].body))
		ward_process_die(&k->p, "out of memory", WARD_ERR_NOMEM);
}

/* One of them. False: nobody waits. */
static bool check_one(struct login *k)
{
	struct ward_sign s;
	struct ward_signed ret;
	size_t at;

	if (!ward_turns_next(&k->turns, &at))
		return false;
	struct job j = k->job[at]; /* its place may be taken by the same, to be looked at again */
	struct ward_rd r = ward_rd_slice(ward_wr_slice(&j.body));

	k->job[at] = (struct job){.id = 0};
	if (ward_sign_get(&r, &s) != WARD_OK)
		ward_process_die(&k->p, "a message of our own", WARD_ERR_STATE);
	s.since = j.since;
	ward_signing_answer(k->signing, &s, false, &ret);
	if (ret.err == WARD_ERR_MORE) {
		login_direct_word(&k->direct, j.id, &s);
	} else {
		ward_count_name(
			&k->p.counters, ret.err ? "login.not_signed_in" : "login.signed_in", 1);
		say(k, k->api, j.id, &ret);
	}
	ward_wipe(ret.token, sizeof(ret.token));
	login_forget(&j.body);
	return true;
}

static void sign(struct login *k, struct ward_msg *m)
{
	struct ward_signed ret = {
		.err = WARD_ERR_MALFORMED, .why = ward_str_z(login_not_understood())};
	struct ward_sign s;

	if (ward_sign_get(&m->body, &s) != WARD_OK) {
		ward_count_name(&k->p.counters, "login.malformed", 1);
		say(k, k->api, m->id, &ret);
	} else if (ward_signing_slow(&s)) {
		s.since = ward_clock_mono(k->p.clock);
		if (!login_direct_sign(&k->direct, m->id, &s))
			take_turn(k, m->id, &s);
	} else {
		ward_signing_answer(k->signing, &s, false, &ret);
		say(k, k->api, m->id, &ret);
		ward_wipe(ret.token, sizeof(ret.token));
	}
}

static void say_to_api(void *ctx, uint32_t id, const struct ward_signed *s)
{
	struct login *k = ctx;

	say(k, k->api, id, s);
}

static void by_own_password(void *ctx, uint32_t id, const struct ward_sign *s)
{
	take_turn(ctx, id, s);
}

/* ---- peers ---- */

/* False: there is no message. */
static bool hear_api(struct login *k)
{
	struct ward_msg m;
	enum ward_err err = ward_msg_recv(k->api, k->buf, &m);

	if (err == WARD_ERR_CLOSED)
		ward_process_die(&k->p, "api", err);
	if (err == WARD_ERR_AGAIN)
		return false;
	if (!err && m.type == WARD_MSG_SIGN)
		sign(k, &m);
	else if (!err && m.type == WARD_MSG_DECIDE)
		login_decide(k, &m);
	else if (!err && m.type == WARD_MSG_PHOTO)
		login_photo(k, &m);
	else if (!err && m.type == WARD_MSG_UPLOAD)
		login_upload(k, &m);
	else if (!err && m.type == WARD_MSG_UPLOAD_BY)
		login_upload_by(k, &m);
	else if (!err && m.type == WARD_MSG_ENTER)
		login_direct_enter(&k->direct, &m);
	else
		ward_count_name(&k->p.counters, "login.malformed", 1);
	ward_wipe(k->buf, sizeof(k->buf));
	return true;
}

/* ---- the machine's socket ---- */

static void hang_up(struct guest *g)
{
	(void)close(g->fd);
	g->fd = WARD_FD_NONE;
}

/* The kernel says who it is: root, or who runs Ward, and nobody else. */
static void accept_one(struct login *k)
{
	int fd = accept4(k->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	struct guest *to = &k->guest[0];
	struct ucred u;
	socklen_t len = sizeof(u);

	if (fd < 0)
		return;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &u, &len) != 0 || len != sizeof(u) ||
		(u.uid != 0 && u.uid != k->owner)) {
		ward_count_name(&k->p.counters, "login.strangers", 1);
		(void)close(fd);
		return;
	}
	for (size_t i = 0; i < LOGIN_GUESTS; i++) {
		if (k->guest[i].fd == WARD_FD_NONE) {
			to = &k->guest[i];
			break;
		}
		to = k->guest[i].since < to->since ? &k->guest[i] : to;
	}
	if (to->fd != WARD_FD_NONE)
		hang_up(to);
	*to = (struct guest){fd, ward_clock_mono(k->p.clock)};
}

static void serve(struct login *k, struct guest *g)
{
	struct ward_msg m;
	struct ward_sign s;
	struct ward_signed ret;
	enum ward_err err = ward_msg_recv(g->fd, k->buf, &m);

	if (err == WARD_ERR_AGAIN)
		return;
	if (!err && m.type == WARD_MSG_SIGN)
		err = ward_sign_get(&m.body, &s);
	else if (!err)
		err = WARD_ERR_MALFORMED;
	if (err) {
		hang_up(g);
		return;
	}
	ward_signing_answer(k->signing, &s, true, &ret);
	say(k, g->fd, m.id, &ret);
	g->since = ward_clock_mono(k->p.clock);
}

/* ---- time ---- */

static void look_at_clock(struct login *k)
{
	ward_ns now = ward_clock_mono(k->p.clock);

	login_decide_tick(k);
	for (size_t i = 0; i < LOGIN_GUESTS; i++)
		if (k->guest[i].fd != WARD_FD_NONE && now - k->guest[i].since > idle_max)
			hang_up(&k->guest[i]);
	login_record_tidy(&k->record);
	login_direct_look(&k->direct);
	if (now - k->tidied < tidy_every)
		return;
	k->tidied = now;
	ward_signing_tidy(k->signing);
}

static void run(struct login *k)
{
	struct pollfd p[5 + LOGIN_GUESTS];
	bool more = false;

	while (!ward_process_stopping()) {
		p[0] = (struct pollfd){k->api, POLLIN, 0};
		p[1] = (struct pollfd){k->desk, POLLIN, 0};
		p[2] = (struct pollfd){k->listener, POLLIN, 0};
		for (size_t i = 0; i < LOGIN_GUESTS; i++)
			p[3 + i] = (struct pollfd){k->guest[i].fd, POLLIN, 0};
		p[3 + LOGIN_GUESTS] = (struct pollfd){k->direct.link, POLLIN, 0};
		p[4 + LOGIN_GUESTS] = (struct pollfd){k->file, POLLIN, 0};
		if (poll(p, WARD_ARRAY_LEN(p), more ? 0 : WAIT_MS) < 0 && errno != EINTR)
			ward_process_die(&k->p, "poll", WARD_ERR_IO);
		for (int i = 0; k->api != WARD_FD_NONE && i < LOGIN_ROUND_MAX; i++)
			if (!hear_api(k))
				break;
		for (int i = 0; k->desk != WARD_FD_NONE && i < LOGIN_ROUND_MAX; i++)
			if (!login_hear_decided(k, k->desk))
				break;
		for (int i = 0; k->file != WARD_FD_NONE && i < LOGIN_ROUND_MAX; i++)
			if (!login_hear_decided(k, k->file))
				break;
		for (int i = 0; i < LOGIN_ROUND_MAX; i++)
			if (!login_direct_hear(&k->direct))
				break;
		for (size_t i = 0; i < LOGIN_GUESTS; i++)
			if (k->guest[i].fd != WARD_FD_NONE && p[3 + i].revents)
				serve(k, &k->guest[i]);
		if (p[2].revents)
			accept_one(k);
		more = check_one(k);
		look_at_clock(k);
		ward_process_count(&k->p);
	}
}

/* ---- its start ---- */

static int link_to(struct login *k, const char *name)
{
	int fd = ward_process_fd(&k->p, name);

	if (fd != WARD_FD_NONE && fcntl(fd, F_SETFL, O_NONBLOCK) != 0)
		ward_process_die(&k->p, name, WARD_ERR_IO);
	return fd;
}

/* The words that passwords are made of too often; before the cage. */
static struct ward_str read_common(struct login *k)
{
	const char *content = ward_process_setting(&k->p, "content");
	char path[PATH_BYTES];
	struct stat st;
	int n = snprintf(path, sizeof(path), "%s/" WARD_PASSWORDS_FILE, content ? content : "");
	int fd = content && n > 0 && n < PATH_BYTES ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	size_t len = 0;

	if (fd < 0 || fstat(fd, &st) != 0 || st.st_size < 0 || st.st_size > 1 << 20)
		ward_process_die(&k->p, "content's " WARD_PASSWORDS_FILE, WARD_ERR_IO);
	len = (size_t)st.st_size;
	k->common = calloc(1, len + 1);
	if (!k->common || read(fd, k->common, len) != (ssize_t)len)
		ward_process_die(&k->p, "content's " WARD_PASSWORDS_FILE, WARD_ERR_IO);
	(void)close(fd);
	return (struct ward_str){k->common, len};
}

static void read_people(struct login *k)
{
	int fd = ward_process_need_fd(&k->p, "people");
	struct stat st;

	if (fstat(fd, &st) != 0)
		ward_process_die(&k->p, "people", WARD_ERR_IO);
	size_t len = (size_t)st.st_size;
	const void *map = len ? mmap(NULL, len, PROT_READ, MAP_PRIVATE, fd, 0) : NULL;

	if (map == MAP_FAILED)
		ward_process_die(&k->p, "people", WARD_ERR_IO);
	enum ward_err err = ward_signers_read(&k->who, ward_slice_of(map, len));

	if (err)
		ward_process_die(&k->p, "people", err);
}

static ward_ns setting_ns(struct login *k, const char *key)
{
	const char *text = ward_process_setting(&k->p, key);
	ward_ns v = 0;

	if (text && (ward_duration_parse(ward_str_z(text), &v) != WARD_OK || v <= 0))
		ward_process_die(&k->p, key, WARD_ERR_CONFIG);
	return v;
}

static void open_login(struct login *k)
{
	const char *owner = ward_process_setting(&k->p, "owner");
	uint64_t uid;

	k->dir = ward_process_setting(&k->p, "dir");
	if (!k->dir || !owner || !ward_str_u64(ward_str_z(owner), &uid) || uid > UINT32_MAX)
		ward_process_die(&k->p, "dir or owner", WARD_ERR_CONFIG);
	k->owner = (uid_t)uid;
	k->api = link_to(k, "api");
	k->desk = link_to(k, "desk");
	k->file = link_to(k, "file");
	k->listener = link_to(k, "listener");
	for (size_t i = 0; i < LOGIN_GUESTS; i++)
		k->guest[i].fd = WARD_FD_NONE;
	k->next_id = ward_process_ids();
	read_people(k);
	login_direct_open(&k->direct, &k->p);
	k->direct.who = &k->who;
	k->direct.say = say_to_api;
	k->direct.turn = by_own_password;
	k->direct.ctx = k;
	login_record_open(&k->record, &k->p, &k->lim, ward_process_need_fd(&k->p, "journal"));
}

/* Which machines may hand in files: "HEX ID" each. */
static void open_machines(struct login *k)
{
	const char *text;

	while (k->n_machine < WARD_MACHINES_MAX &&
		(text = ward_process_nth(&k->p, "machine", k->n_machine))) {
		struct login_machine *x = &k->machine[k->n_machine++];
		struct ward_str rest = ward_str_z(text), print = ward_str_cut(&rest, ' ');

		if (!ward_str_unhex(print, x->print, sizeof(x->print)) || !rest.len ||
			snprintf(x->who, sizeof(x->who), WARD_MACHINE_PREFIX "%.*s",
				WARD_STR_ARG(rest)) >= (int)sizeof(x->who))
			ward_process_die(&k->p, "machine", WARD_ERR_CONFIG);
	}
}

/* Which sources are sensors elsewhere, and by what they are vouched for. */
static void open_sensors(struct login *k)
{
	const char *id, *server = ward_process_setting(&k->p, "server_print");
	int fd = ward_process_fd(&k->p, "authority");
	struct ward_signing_sensors *x = &k->sensors;

	while (x->n < WARD_SENSORS_MAX && (id = ward_process_nth(&k->p, "sensor", x->n)))
		x->id[x->n++] = ward_str_z(id);
	if (fd == WARD_FD_NONE)
		return;
	if (!server || !ward_str_unhex(ward_str_z(server), x->server, sizeof(x->server)))
		ward_process_die(&k->p, "server_print", WARD_ERR_CONFIG);
	enum ward_err err = ward_voucher_new(fd, &x->voucher);

	if (err)
		ward_process_die(&k->p, "the authority's key", err);
}

/* In the cage: what it writes is its own user's. */
static void load(struct login *k)
{
	size_t bad, line;
	enum ward_err err = ward_accounts_init(&k->accounts, ward_mem_heap());

	if (!err)
		err = ward_accounts_load(&k->accounts, k->dir, &k->lim, &bad, &line);
	if (err)
		ward_process_die(&k->p, WARD_ACCOUNTS_FILE, err);
	if (bad)
		WARD_LOG(&k->p.log, ERROR, "login.damaged", WARD_KV_Z("file", WARD_ACCOUNTS_FILE),
			WARD_KV_U("line", line), WARD_KV_U("lines", bad),
			WARD_KV_Z("mend", "the file is kept as " WARD_ACCOUNTS_ASIDE
					  "; who is missing gets a new code: ward account code"));
}

/* Tells the supervisor, which says it in the terminal: name, line feed, code. */
static void first(struct login *k)
{
	int fd = ward_process_fd(&k->p, "first");
	char code[WARD_SIGN_TEXT], text[WARD_PERSON_TEXT + WARD_SIGN_TEXT + 2];
	struct ward_str name;

	if (fd == WARD_FD_NONE || !ward_signing_first(k->signing, code, &name))
		return;
	int n = snprintf(text, sizeof(text), "%.*s\n%s\n", WARD_STR_ARG(name), code);

	if (n <= 0 || ftruncate(fd, 0) != 0 || pwrite(fd, text, (size_t)n, 0) != n)
		ward_process_die(&k->p, "first", WARD_ERR_IO);
	ward_wipe(text, sizeof(text));
	ward_wipe(code, sizeof(code));
}

int main(int argc, char **argv)
{
	struct login *k = calloc(1, sizeof(*k));
	uint32_t code;

	if (!k)
		return WARD_PROCESS_DIED;
	ward_process_begin(&k->p, "login", argc, argv);
	ward_process_limits(&k->p, &k->lim);
	k->p.memory_max_bytes = MEMORY;
	/* OpenSSL reads its configuration with its first use: that must be before the cage. */
	if (sodium_init() < 0 || ward_totp(ward_str_bytes(WARD_STR("begin")), 1, &code) != WARD_OK)
		ward_process_die(&k->p, "the cryptographic libraries", WARD_ERR_UNSUPPORTED);
	open_login(k);
	open_sensors(k);
	open_machines(k);
	struct ward_signing_opts o = {.clock = k->p.clock,
		.who = &k->who,
		.accounts = &k->accounts,
		.common = read_common(k),
		.lim = &k->lim,
		.cost = ward_process_setting(&k->p, "cheap") ? ward_password_least()
							     : ward_password_usual(),
		.idle = setting_ns(k, "idle"),
		.longest = setting_ns(k, "longest"),
		.sensors = &k->sensors,
		.save = save,
		.record = tell,
		.ctx = k};

	ward_process_cage(&k->p, WARD_CAGE_FILES | WARD_CAGE_LISTEN, k->dir);
	load(k);
	if (ward_signing_new(&o, &k->signing) != WARD_OK)
		ward_process_die(&k->p, "out of memory", WARD_ERR_NOMEM);
	k->direct.signing = k->signing;
	first(k);
	run(k);
	ward_signing_tidy(k->signing);
	for (size_t i = 0; i < WARD_TURNS_MAX; i++)
		login_forget(&k->job[i].body);
	login_decide_end(k);
	login_direct_end(&k->direct);
	ward_signing_free(k->signing);
	ward_voucher_free(k->sensors.voucher);
	ward_accounts_fini(&k->accounts);
	ward_signers_free(&k->who);
	free(k->common);
	return ward_process_end(&k->p);
}
