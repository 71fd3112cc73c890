/* The process of one system that is asked by SSH: it logs in at the one server whose key it was
 * given, has the command run that it was handed, and says what became of it. It makes no command,
 * asks for no shell, no terminal and no forwarding, and looks at the state before and after where
 * there is a command that tells it. */
#include "conf/conf.h"
#include "run/dial.h"
#include "run/proc/way.h"

#include <errno.h>
#include <libssh2.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

enum {
	KEY_BYTES = 32 << 10,
	OUTPUT_BYTES = 4 << 10, /* of a command; what is beyond is read and dropped */
	SCRATCH_BYTES = 1 << 20,
	IN_BYTES = 256 << 10, /* that came and were not asked for yet */
	COMMAND_BYTES = 1024,
};

/* In order; the looks are left out where nothing tells the state. */
enum step { HELLO, LOGIN, LOOK, RUN, LOOK_AGAIN };

struct ssh {
	LIBSSH2_SESSION *session;
	LIBSSH2_CHANNEL *channel;
	enum step step;
	bool asked;        /* the channel's command is on its way */
	struct ward_wr in; /* what came */
	size_t taken;      /* bytes of it */
	bool ended;        /* the other side ended the connection */
	bool undo;
	char run[COMMAND_BYTES], look[COMMAND_BYTES];
	char said[OUTPUT_BYTES]; /* by the command in hand, from both its outputs */
	size_t len_said;
	/* of the program */
	const char *user;
	uint8_t host_key[KEY_BYTES]; /* as the protocol writes it: RFC 4253 6.6 */
	size_t len_host_key;
	char host_method[64];
	char *secret; /* a private key, or NULL: the first line is a password */
	size_t len_secret;
	struct ward_arena scratch;
};

/* ---- the connection: the library's bytes come from and go to the skeleton ---- */

static ssize_t on_recv(libssh2_socket_t fd, void *to, size_t len, int flags, void **abstract)
{
	struct way *w = *abstract;
	struct ssh *d = w->of;
	struct ward_slice in = ward_wr_slice(&d->in);
	size_t left = in.len - d->taken, n = len < left ? len : left;

	(void)fd;
	(void)flags;
	if (!n)
		return d->ended ? 0 : -EAGAIN;
	memcpy(to, in.p + d->taken, n);
	d->taken += n;
	if (d->taken == in.len) {
		ward_wr_reset(&d->in);
		d->taken = 0;
	}
	return (ssize_t)n;
}

static ssize_t on_send(libssh2_socket_t fd, const void *p, size_t len, int flags, void **abstract)
{
	struct way *w = *abstract;

	(void)fd;
	(void)flags;
	ward_wr_bytes(&w->out, p, len);
	return (ssize_t)len;
}

static void drop(struct ssh *d)
{
	if (d->session)
		(void)libssh2_session_free(d->session);
	d->session = NULL;
	d->channel = NULL;
}

/* ---- what is asked ---- */

static bool member(const struct ward_conf *c, const char *key, char *ret, size_t cap)
{
	const struct ward_conf *v = ward_conf_get(c, key);
	struct ward_str s = v && v->kind == WARD_CONF_SCALAR ? v->text : WARD_STR("");

	(void)snprintf(ret, cap, "%.*s", WARD_STR_ARG(s));
	return s.len < cap;
}

/* False: it is no request. */
static bool read_request(struct way *w, struct ssh *d)
{
	const struct ward_conf *c;
	struct ward_diag diag;
	char undo[8];

	ward_arena_reset(&d->scratch);
	ward_diag_init(&diag, ward_mem_heap());
	enum ward_err err = ward_conf_json(
		&d->scratch, &w->lim, WARD_STR("request"), 1, ward_wr_slice(&w->body), &diag, &c);

	ward_diag_fini(&diag);
	if (err || !member(c, "run", d->run, sizeof(d->run)) ||
		!member(c, "look", d->look, sizeof(d->look)) ||
		!member(c, "undo", undo, sizeof(undo)))
		return false;
	d->undo = strcmp(undo, "true") == 0;
	return d->run[0] != 0;
}

/* ---- what it answers ---- */

static enum way_next over(struct way *w, enum ward_sent what, const char *of, const char *why)
{
	char text[WARD_WEBHOOK_WHY];
	struct ward_str s = ward_str_z(why), line = ward_str_cut(&s, '\n');

	line = ward_str_trim(line);
	(void)snprintf(
		text, sizeof(text), "%s%s%.*s", of, line.len ? ": " : "", WARD_STR_ARG(line));
	return way_over(w, what, text);
}

static enum way_next broken(struct way *w, const char *of)
{
	struct ssh *d = w->of;
	char *why = NULL;

	(void)libssh2_session_last_error(d->session, &why, NULL, 0);
	return over(w, WARD_SENT_FAILED, of, why && why[0] ? why : "the connection ended");
}

/* Is that the state, by the first line, that was asked for? 1: yes, 0: no, -1: it says neither. */
static int is_so(const struct ssh *d)
{
	struct ward_str s = ward_str_z(d->said);
	struct ward_str word = ward_str_cut(&s, '\n');

	word = ward_str_trim(word);
	if (ward_str_eqz(word, "on"))
		return !d->undo;
	return ward_str_eqz(word, "off") ? d->undo : -1;
}

static enum way_next judge(struct way *w, int status)
{
	struct ssh *d = w->of;
	char text[64];
	int so = is_so(d);

	if (d->step == RUN && status != 0) {
		(void)snprintf(text, sizeof(text), "the command ended with status %d", status);
		return over(w, WARD_SENT_REFUSED, text, d->said);
	}
	if (d->step == RUN && !d->look[0])
		return over(w, WARD_SENT_DELIVERED, "", "");
	if (d->step == RUN) {
		d->step = LOOK_AGAIN;
		return WAY_ON;
	}
	if (status != 0 || so < 0)
		return over(w, d->step == LOOK ? WARD_SENT_REFUSED : WARD_SENT_FAILED,
			"`look` says neither on nor off", d->said);
	if (so)
		return over(w, WARD_SENT_DELIVERED, d->step == LOOK ? "it was so before" : "", "");
	if (d->step == LOOK_AGAIN)
		return over(w, WARD_SENT_REFUSED, "it ran, but the state is as before", "");
	d->step = RUN;
	return WAY_ON;
}

/* ---- a command ---- */

static void hear(struct ssh *d, const char *p, ssize_t n)
{
	size_t room = sizeof(d->said) - 1 - d->len_said, len = n > 0 ? (size_t)n : 0;

	len = len < room ? len : room;
	memcpy(d->said + d->len_said, p, len);
	d->len_said += len;
	d->said[d->len_said] = 0;
}

/* All that both its outputs hold; 0: it ended them, else the library's error. */
static int read_outputs(struct ssh *d)
{
	char buf[1024];
	ssize_t n = 1;

	for (int stream = 0; stream < 2; stream++)
		while ((n = libssh2_channel_read_ex(d->channel, stream, buf, sizeof(buf))) > 0)
			hear(d, buf, n);
	if (n < 0 && n != LIBSSH2_ERROR_EAGAIN)
		return (int)n;
	return libssh2_channel_eof(d->channel) ? 0 : LIBSSH2_ERROR_EAGAIN;
}

static int begin_command(struct ssh *d, const char *command)
{
	int err;

	if (!d->channel) {
		d->channel = libssh2_channel_open_session(d->session);
		d->asked = false;
		d->len_said = 0;
		d->said[0] = 0;
	}
	if (!d->channel)
		return libssh2_session_last_errno(d->session);
	if (d->asked)
		return 0;
	err = libssh2_channel_process_startup(
		d->channel, "exec", sizeof("exec") - 1, command, (unsigned)strlen(command));
	d->asked = err == 0;
	return err;
}

/* True: it is over, and *ret holds what is next. */
static bool finish_command(struct way *w, enum way_next *ret)
{
	struct ssh *d = w->of;
	char *signal = NULL;
	int err = libssh2_channel_close(d->channel);

	if (!err)
		err = libssh2_channel_wait_closed(d->channel);
	if (err == LIBSSH2_ERROR_EAGAIN)
		return false;
	if (err) {
		*ret = broken(w, "whether the command ended is not known");
		return true;
	}
	(void)libssh2_channel_get_exit_signal(d->channel, &signal, NULL, NULL, NULL, NULL, NULL);
	int status = libssh2_channel_get_exit_status(d->channel);

	if (libssh2_channel_free(d->channel) == LIBSSH2_ERROR_EAGAIN)
		return false;
	d->channel = NULL;
	*ret = signal ? over(w, WARD_SENT_FAILED, "a signal ended the command", signal)
		      : judge(w, status);
	if (signal)
		libssh2_free(d->session, signal);
	return true;
}

/* One command's next part. False: more has to come first. */
static bool command(struct way *w, enum way_next *ret)
{
	struct ssh *d = w->of;
	int err = begin_command(d, d->step == RUN ? d->run : d->look);

	if (!err)
		err = read_outputs(d);
	if (err == LIBSSH2_ERROR_EAGAIN)
		return false;
	if (!err)
		return finish_command(w, ret);
	*ret = err == LIBSSH2_ERROR_CHANNEL_REQUEST_DENIED
		       ? over(w, WARD_SENT_REFUSED, "it runs no command for this user", "")
		       : broken(w, d->step == RUN ? "what became of the command is not known"
						  : "the state could not be asked");
	return true;
}

/* ---- getting in ---- */

static bool hello(struct way *w, enum way_next *ret)
{
	struct ssh *d = w->of;
	int kind, err = libssh2_session_handshake(d->session, w->sock);
	size_t len;

	if (err == LIBSSH2_ERROR_EAGAIN)
		return false;
	if (err) {
		*ret = broken(w, "no secured connection");
		return true;
	}
	const char *key = libssh2_session_hostkey(d->session, &len, &kind);

	if (!key || len != d->len_host_key || memcmp(key, d->host_key, len) != 0) {
		*ret = over(w, WARD_SENT_REFUSED,
			"its key is not that of host_key: another machine may stand in its place",
			"");
		return true;
	}
	d->step = LOGIN;
	*ret = WAY_ON;
	return true;
}

static bool login(struct way *w, enum way_next *ret)
{
	struct ssh *d = w->of;
	size_t len = strlen(d->user);
	int err = d->secret ? libssh2_userauth_publickey_frommemory(d->session, d->user, len, NULL,
				      0, d->secret, d->len_secret, NULL)
			    : libssh2_userauth_password_ex(d->session, d->user, (unsigned)len,
				      w->secret, (unsigned)strlen(w->secret), NULL);

	if (err == LIBSSH2_ERROR_EAGAIN)
		return false;
	if (err) {
		char *why = NULL;

		(void)libssh2_session_last_error(d->session, &why, NULL, 0);
		*ret = over(w, d->ended ? WARD_SENT_FAILED : WARD_SENT_REFUSED,
			"it does not let this user in", why ? why : "");
		return true;
	}
	d->step = d->look[0] ? LOOK : RUN;
	*ret = WAY_ON;
	return true;
}

static enum way_next drive(struct way *w)
{
	struct ssh *d = w->of;
	enum way_next next = WAY_ON;
	bool on = true;

	while (on && next == WAY_ON)
		on = d->step == HELLO   ? hello(w, &next)
		     : d->step == LOGIN ? login(w, &next)
					: command(w, &next);
	if (next == WAY_ON && d->ended)
		return over(w, WARD_SENT_FAILED, "it ended the connection", "");
	return next;
}

/* ---- the channel ---- */

/* What the library still knows that is broken is left out. False: memory. */
static bool prefer(struct ssh *d)
{
	static const char *const kex =
		"curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256,"
		"ecdh-sha2-nistp384,ecdh-sha2-nistp521,diffie-hellman-group-exchange-sha256,"
		"diffie-hellman-group16-sha512,diffie-hellman-group14-sha256,"
		"diffie-hellman-group14-sha1";
	static const char *const crypt = "aes256-ctr,aes192-ctr,aes128-ctr,aes256-cbc,aes128-cbc";
	static const char *const mac = "hmac-sha2-256,hmac-sha2-512,hmac-sha1";
	const struct {
		int what;
		const char *list;
	} all[] = {{LIBSSH2_METHOD_KEX, kex}, {LIBSSH2_METHOD_HOSTKEY, d->host_method},
		{LIBSSH2_METHOD_CRYPT_CS, crypt}, {LIBSSH2_METHOD_CRYPT_SC, crypt},
		{LIBSSH2_METHOD_MAC_CS, mac}, {LIBSSH2_METHOD_MAC_SC, mac}};

	for (size_t i = 0; i < WARD_ARRAY_LEN(all); i++)
		if (libssh2_session_method_pref(d->session, all[i].what, all[i].list) != 0)
			return false;
	return true;
}

static bool open_session(struct way *w)
{
	struct ssh *d = w->of;
	union { /* the library has callbacks of several types as one */
		ssize_t (*recv)(libssh2_socket_t, void *, size_t, int, void **);
		ssize_t (*send)(libssh2_socket_t, const void *, size_t, int, void **);
		void *p;
	} to = {.recv = on_recv};

	drop(d);
	d->session = libssh2_session_init_ex(NULL, NULL, NULL, w);
	if (!d->session)
		ward_process_die(&w->p, "out of memory", WARD_ERR_NOMEM);
	libssh2_session_set_blocking(d->session, 0);
	(void)libssh2_session_callback_set(d->session, LIBSSH2_CALLBACK_RECV, to.p);
	to.send = on_send;
	(void)libssh2_session_callback_set(d->session, LIBSSH2_CALLBACK_SEND, to.p);
	return prefer(d);
}

/* "ssh-ed25519 AAAA… comment" */
static void read_host_key(struct way *w, struct ssh *d)
{
	char line[KEY_BYTES];
	struct ward_str rest, kind, key;

	ward_process_secret(&w->p, "host_key", line, sizeof(line));
	rest = ward_str_trim(ward_str_z(line));
	kind = ward_str_cut(&rest, ' ');
	key = rest.p ? ward_str_cut(&rest, ' ') : WARD_STR("");
	if (!key.len || kind.len >= sizeof(d->host_method) ||
		sodium_base642bin(d->host_key, sizeof(d->host_key), key.p, key.len, NULL,
			&d->len_host_key, NULL, sodium_base64_VARIANT_ORIGINAL) != 0)
		ward_process_die(
			&w->p, "host_key: its file is no public key of SSH", WARD_ERR_CONFIG);
	(void)snprintf(d->host_method, sizeof(d->host_method), "%.*s", WARD_STR_ARG(kind));
}

static void prepare(struct way *w)
{
	struct ssh *d = w->of;
	char url[WARD_RECIPIENT_TEXT + 1];
	struct ward_dial to;

	ward_process_secret(&w->p, "url", url, sizeof(url));
	if (!ward_dial_parse(ward_str_z(url), &to))
		ward_process_die(&w->p, "the server's address", WARD_ERR_CONFIG);
	(void)snprintf(w->url.host, sizeof(w->url.host), "%s", to.host);
	w->url.port = to.port;
	d->user = ward_process_setting(&w->p, "user");
	if (!d->user)
		ward_process_die(&w->p, "user", WARD_ERR_CONFIG);
	read_host_key(w, d);
	ward_arena_init(&d->scratch, ward_mem_heap(), SCRATCH_BYTES);
	d->in = ward_wr_grow(ward_mem_heap(), IN_BYTES);
	if (libssh2_init(0) != 0)
		ward_process_die(&w->p, "the SSH library", WARD_ERR_UNSUPPORTED);
	if (!open_session(w))
		ward_process_die(&w->p,
			"host_key: keys of this kind are not known; take an ed25519 or ecdsa one",
			WARD_ERR_CONFIG);
}

/* A private key is the whole file. */
static void ready(struct way *w)
{
	struct ssh *d = w->of;
	const char *path = ward_process_setting(&w->p, "secret_file");
	FILE *f;

	if (strncmp(w->secret, "-----BEGIN ", 11) != 0)
		return;
	f = fopen(path, "re");
	d->secret = malloc(KEY_BYTES);
	if (!f || !d->secret)
		ward_process_die(&w->p, "secret_file", WARD_ERR_IO);
	d->len_secret = fread(d->secret, 1, KEY_BYTES, f);
	if (ferror(f) || d->len_secret == KEY_BYTES)
		ward_process_die(&w->p, "secret_file", WARD_ERR_IO);
	(void)fclose(f); /* it was only read */
}

static enum way_next begin(struct way *w)
{
	struct ssh *d = w->of;

	if (!open_session(w))
		ward_process_die(&w->p, "out of memory", WARD_ERR_NOMEM);
	d->step = HELLO;
	ward_wr_reset(&d->in);
	d->taken = 0;
	d->ended = false;
	if (!read_request(w, d))
		return over(w, WARD_SENT_REFUSED, "the request holds no command", "");
	return drive(w);
}

static enum way_next take(struct way *w, struct ward_slice bytes)
{
	struct ssh *d = w->of;

	ward_wr_bytes(&d->in, bytes.p, bytes.len);
	d->ended = !bytes.len;
	if (ward_wr_bad(&d->in))
		return over(w, WARD_SENT_FAILED, "it says more than was asked", "");
	return drive(w);
}

static void end(struct way *w)
{
	struct ssh *d = w->of;

	drop(d);
	libssh2_exit();
	if (d->secret)
		ward_wipe(d->secret, KEY_BYTES);
	free(d->secret);
	ward_arena_fini(&d->scratch);
	ward_wr_fini(&d->in);
}

int main(int argc, char **argv)
{
	static const struct way_channel channel = {.program = "ssh",
		.seconds = 30,
		.prepare = prepare,
		.ready = ready,
		.begin = begin,
		.take = take,
		.end = end};
	static struct ssh d;

	return way_run(&channel, &d, argc, argv);
}
