/* The process of somebody who is called on a telephone: it has each message that `respond` hands
 * over spoken by a child (speak.h), calls, says it, and tells which key was pressed.
 *
 * Its sockets, one for SIP and one for the voice, are made before the cage, and the exchange's name
 * is looked up there; the first is connected, so that others are not heard. The voice goes where
 * the exchange says, and only from there keys are heard.
 *
 * Settings: url (NUMBER@HOST[:PORT]), user, secret_file, from, calls_end, language, content. */
#include "respond/phone.h"

#include "respond/recipients.h"
#include "respond/sip_address.h"
#include "respond/spoken.h"
#include "run/postbox.h"
#include "run/speak.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

enum { POLL_MS = 200, READS_MAX = 64, ARENA_BYTES = 48 << 20, HOST = 64, PATH_BYTES = 4096 };

/* So long a text may take to be spoken. */
static const ward_ns speak_max = 12 * WARD_NS_PER_S;

static const char *const taken_elsewhere = WARD_TEXT("not called any more: somebody takes it");

enum state { LEARNING, IDLE, SPEAKING, CALLING };

struct caller {
	struct ward_process p;
	struct ward_limits lim;
	struct ward_lang *lang;
	struct ward_arena arena;
	struct ward_phone call;
	struct ward_sip_opts o;
	struct ward_wr sound;
	int16_t said[WARD_VOICE_MAX], thanks[WARD_VOICE_RATE * 5];
	struct ward_phone_voice voice;
	bool calls_end, here; /* here: the exchange is this machine itself */
	char at[WARD_RECIPIENT_TEXT + 1], from[WARD_SIP_ADDRESS_USER + 1],
		user[WARD_RECIPIENT_TEXT + 1], secret[WARD_SECRET_MAX];
	char local[HOST + 16], address[HOST];
	int link, speaker, sip, media;
	enum state state;
	ward_ns deadline; /* monotonic: of a text that is being spoken */
	struct ward_id id, done;
	struct ward_letter held;     /* came while another one was in hand; in buf */
	bool holds, withdrawn;       /* withdrawn: nobody need hear what is in hand any more */
	struct ward_outcome outcome; /* of `done` */
	bool any_done;
	uint8_t buf[WARD_MSG_MAX];
};

static ward_ns mono(const struct caller *c)
{
	return ward_clock_mono(c->p.clock);
}

static void say(struct caller *c, const struct ward_outcome *o)
{
	bool reached = o->what != WARD_SENT_FAILED && o->what != WARD_SENT_REFUSED;

	ward_count_name(&c->p.counters,
		reached     ? "send.delivered"
		: o->status ? "send.not_taken"
			    : "send.failed",
		1);
	(void)ward_postbox_say(&c->p, c->link, c->id, o);
	c->any_done = o->what != WARD_SENT_FAILED;
	c->done = c->id;
	c->outcome = *o;
	c->state = IDLE;
}

static void say_so(struct caller *c, enum ward_sent what, const char *why)
{
	struct ward_outcome o = {.what = what};

	(void)snprintf(o.why, sizeof(o.why), "%s", why);
	say(c, &o);
}

/* ---- the message ---- */

static void ask(struct caller *c, struct ward_str text)
{
	ward_wr_reset(&c->sound);
	if (ward_speak_ask(c->speaker, ward_str_sub(text, 0, WARD_SPEAK_TEXT)) != WARD_OK)
		ward_process_die(&c->p, "who speaks is gone", WARD_ERR_CLOSED);
	c->deadline = mono(c) + speak_max;
}

static void begin(struct caller *c, struct ward_str body)
{
	struct ward_spoken spoken;

	ward_arena_reset(&c->arena);
	enum ward_err err = ward_spoken_read(&c->arena, &c->lim, c->lang, body, &spoken);

	if (err == WARD_ERR_NOMEM)
		ward_process_die(&c->p, "out of memory", err);
	if (err) {
		say_so(c, WARD_SENT_REFUSED, WARD_TEXT("the message holds no text for people"));
	} else if (spoken.is == WARD_SPOKEN_NOTHING ||
		   (spoken.is == WARD_SPOKEN_ENDS && !c->calls_end)) {
		say_so(c, WARD_SENT_DELIVERED, WARD_TEXT("not called: it asks for nothing"));
	} else {
		ask(c, spoken.text);
		c->state = SPEAKING;
	}
}

static void take(struct caller *c)
{
	struct ward_letter l = c->held;

	c->holds = false;
	if (ward_postbox_late(&c->p, &l))
		return;
	c->id = l.id;
	c->withdrawn = false;
	if (c->any_done && ward_id_eq(c->id, c->done)) /* nobody is called twice for it */
		say(c, &c->outcome);
	else
		begin(c, l.body);
}

/* Also during a call: somebody else may take what it is about. */
static void look(struct caller *c)
{
	struct ward_id id;

	switch (c->holds ? WARD_POSTED_NOTHING
			 : ward_postbox_next(&c->p, c->link, c->buf, &c->held, &id)) {
	case WARD_POSTED_NOTHING:
		break;
	case WARD_POSTED_LETTER:
		c->holds = true;
		break;
	case WARD_POSTED_WITHDRAWN:
		c->withdrawn = c->withdrawn || (c->state != IDLE && ward_id_eq(id, c->id));
	}
	if (c->holds && c->state == IDLE)
		take(c);
}

/* ---- the call ---- */

static void send_sip(void *ctx, struct ward_slice datagram)
{
	struct caller *c = ctx;

	/* what does not leave is as what does not arrive: it comes again */
	if (send(c->sip, datagram.p, datagram.len, MSG_NOSIGNAL) < 0)
		ward_count_name(&c->p.counters, "call.unsent", 1);
}

static socklen_t address_of(const struct ward_sip_media *to, struct sockaddr_storage *ret)
{
	struct sockaddr_in six_not = {.sin_family = AF_INET, .sin_port = htons(to->port)};
	struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_port = htons(to->port)};

	memset(ret, 0, sizeof(*ret));
	memcpy(&six_not.sin_addr, to->address, sizeof(six_not.sin_addr));
	memcpy(&six.sin6_addr, to->address, sizeof(six.sin6_addr));
	if (to->v6)
		memcpy(ret, &six, sizeof(six));
	else
		memcpy(ret, &six_not, sizeof(six_not));
	return to->v6 ? sizeof(six) : sizeof(six_not);
}

/* What is on this machine alone hears nothing of an exchange elsewhere. */
static bool is_here(const struct ward_sip_media *to)
{
	static const uint8_t one[16] = {[15] = 1};

	return to->v6 ? memcmp(to->address, one, sizeof(one)) == 0 : to->address[0] == 127;
}

static void send_voice(void *ctx, const struct ward_sip_media *to, struct ward_slice packet)
{
	struct caller *c = ctx;
	struct sockaddr_storage at;
	socklen_t len = address_of(to, &at);

	if ((is_here(to) && !c->here) ||
		sendto(c->media, packet.p, packet.len, MSG_NOSIGNAL, (const void *)&at, len) < 0)
		ward_count_name(&c->p.counters, "call.unspoken", 1);
}

static void dial(struct caller *c)
{
	if (getrandom(c->o.random, sizeof(c->o.random), 0) != sizeof(c->o.random))
		ward_process_die(&c->p, "random bytes", WARD_ERR_IO);
	c->state = CALLING;
	ward_phone_begin(&c->call, &c->o, send_voice, &c->voice, mono(c));
}

static void spoken(struct caller *c)
{
	bool learns = c->state == LEARNING;
	int16_t *to = learns ? c->thanks : c->said;
	size_t max = learns ? WARD_ARRAY_LEN(c->thanks) : WARD_ARRAY_LEN(c->said);
	size_t *n = learns ? &c->voice.n_thanks : &c->voice.n_said;
	enum ward_err err = ward_speak_take(c->speaker, &c->sound);

	if (err == WARD_ERR_AGAIN && mono(c) < c->deadline)
		return;
	if (!err)
		err = ward_voice_wav(ward_wr_slice(&c->sound), to, max, n);
	if (learns && err)
		ward_process_die(&c->p,
			"espeak-ng does not speak the recipient's language: apt install "
			"espeak-ng-data",
			err);
	if (err) /* the next life has another child */
		ward_process_die(&c->p, "the message could not be spoken", err);
	if (learns)
		c->state = IDLE;
	else if (c->withdrawn)
		say_so(c, WARD_SENT_FAILED, taken_elsewhere);
	else
		dial(c);
}

static void hear(struct caller *c)
{
	static uint8_t buf[WARD_SIP_DATAGRAM];

	for (int i = 0; i < READS_MAX; i++) {
		ssize_t n = recv(c->sip, buf, sizeof(buf), 0);

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		/* an error is what somebody on the way says, without a proof */
		if (n >= 0 && c->call.sip.o.send)
			ward_phone_hear(&c->call, ward_slice_of(buf, (size_t)n), mono(c));
	}
}

static void listen_to(struct caller *c)
{
	struct sockaddr_storage from, wanted;
	uint8_t buf[2048];

	for (int i = 0; i < READS_MAX; i++) {
		socklen_t len = sizeof(from);
		ssize_t n = recvfrom(c->media, buf, sizeof(buf), 0, (void *)&from, &len);

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			return;
		bool whole = n >= 0 && c->state == CALLING &&
			     len == address_of(&c->call.sip.media, &wanted);

		/* its port may be another one; of IPv6 neither flow nor scope count */
		if (whole &&
			memcmp((const uint8_t *)&from + (len == sizeof(struct sockaddr_in) ? 4 : 8),
				(const uint8_t *)&wanted +
					(len == sizeof(struct sockaddr_in) ? 4 : 8),
				len == sizeof(struct sockaddr_in) ? 4 : 16) == 0)
			ward_phone_listen(&c->call, ward_slice_of(buf, (size_t)n), mono(c));
	}
}

static void turn(struct caller *c)
{
	struct ward_outcome o = {.what = WARD_SENT_FAILED};

	hear(c);
	listen_to(c);
	look(c);
	if (c->state == LEARNING || c->state == SPEAKING)
		spoken(c);
	if (c->state != CALLING)
		return;
	if (c->withdrawn && c->call.sip.state == WARD_SIP_RINGING) { /* who answered hears it out */
		(void)snprintf(o.why, sizeof(o.why), "%s", taken_elsewhere);
		ward_sip_hang_up(&c->call.sip, mono(c), &o);
	}
	ward_phone_tick(&c->call, mono(c));
	if (ward_phone_over(&c->call, &o))
		say(c, &o);
}

static void wait(struct caller *c)
{
	bool speaks = c->state == LEARNING || c->state == SPEAKING;
	struct pollfd p[] = {{c->holds ? -1 : c->link, POLLIN, 0}, {c->sip, POLLIN, 0},
		{c->media, POLLIN, 0}, {speaks ? c->speaker : -1, POLLIN, 0}};
	ward_ns next = c->state == CALLING ? ward_phone_next(&c->call) : WARD_NS_NEVER;
	ward_ns left = next == WARD_NS_NEVER ? POLL_MS * WARD_NS_PER_MS : next - mono(c);
	int ms = left <= 0 ? 0 : (int)((left + WARD_NS_PER_MS - 1) / WARD_NS_PER_MS);

	if (poll(p, WARD_ARRAY_LEN(p), ms < POLL_MS ? ms : POLL_MS) < 0 && errno != EINTR)
		ward_process_die(&c->p, "poll", WARD_ERR_IO);
}

/* ---- settings ---- */

/* As `respond` does: what has no words here is told in English. */
static const char *load_words(struct caller *c, const char *code)
{
	const char *content = ward_process_setting(&c->p, "content");
	char dir[PATH_BYTES];
	struct ward_diag diag;
	int n = snprintf(dir, sizeof(dir), "%s/words", content ? content : "");

	if (!content || n < 0 || (size_t)n >= sizeof(dir))
		ward_process_die(&c->p, "content", WARD_ERR_CONFIG);
	ward_diag_init(&diag, ward_mem_heap());
	enum ward_err err =
		ward_lang_load(dir, ward_str_z(code), &c->lim, ward_mem_heap(), &diag, &c->lang);

	ward_diag_fini(&diag);
	if (err)
		WARD_LOG(&c->p.log, ERROR, "call.lang", WARD_KV_Z("lang", code), WARD_KV_E(err));
	return err ? "en" : code;
}

/* ADDRESS and HOST:PORT of Ward's end, as the exchange sees it. */
static void know_local(struct caller *c)
{
	struct sockaddr_storage at;
	socklen_t len = sizeof(at);
	char port[8];

	if (getsockname(c->sip, (void *)&at, &len) != 0 ||
		getnameinfo((const void *)&at, len, c->address, sizeof(c->address), port,
			sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV | NI_DGRAM) != 0)
		ward_process_die(&c->p, "its own address", WARD_ERR_IO);
	c->o.v6 = at.ss_family == AF_INET6;
	(void)snprintf(c->local, sizeof(c->local), c->o.v6 ? "[%s]:%s" : "%s:%s", c->address, port);
	if (c->o.v6)
		((struct sockaddr_in6 *)(void *)&at)->sin6_port = 0;
	else
		((struct sockaddr_in *)(void *)&at)->sin_port = 0;
	c->media = socket(at.ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (c->media < 0 || bind(c->media, (const void *)&at, len) != 0 ||
		getsockname(c->media, (void *)&at, &len) != 0)
		ward_process_die(&c->p, "a socket for the voice", WARD_ERR_IO);
	c->o.media_port = ntohs(c->o.v6 ? ((struct sockaddr_in6 *)(void *)&at)->sin6_port
					: ((struct sockaddr_in *)(void *)&at)->sin_port);
}

static void connect_to(struct caller *c, const struct ward_sip_address *to)
{
	struct addrinfo hints = {.ai_socktype = SOCK_DGRAM}, *found;
	char host[WARD_SIP_ADDRESS_HOST + 1], port[8];

	(void)snprintf(host, sizeof(host), "%.*s", WARD_STR_ARG(to->host));
	(void)snprintf(port, sizeof(port), "%u", (unsigned)to->port);
	if (getaddrinfo(host, port, &hints, &found) != 0)
		ward_process_die(&c->p, "the exchange's name is not found", WARD_ERR_NOT_FOUND);
	for (const struct addrinfo *at = found; at && c->sip < 0; at = at->ai_next) {
		c->sip = socket(at->ai_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
		if (c->sip >= 0 && connect(c->sip, at->ai_addr, at->ai_addrlen) != 0) {
			(void)close(c->sip);
			c->sip = -1;
		}
	}
	freeaddrinfo(found);
	if (c->sip < 0)
		ward_process_die(&c->p, "a socket to the exchange", WARD_ERR_IO);
	know_local(c);
	c->here = strcmp(c->address, "::1") == 0 || strncmp(c->address, "127.", 4) == 0;
}

/* OpenSSL reads its configuration with its first use: that must be before the cage. */
static void try_sums(struct caller *c)
{
	struct ward_sip_challenge ch = {.nonce = WARD_STR("1")};
	const struct ward_sip_login l = {.method = WARD_STR("INVITE")};
	char text[1024];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	/* this machine may forbid MD5: then there is SHA-256 */
	bool ok = ward_sip_authorize(&w, &ch, &l) == WARD_OK;

	ward_wr_reset(&w);
	ch.sha = true;
	if (ward_sip_authorize(&w, &ch, &l) != WARD_OK && !ok)
		ward_process_die(&c->p, "the cryptographic library", WARD_ERR_UNSUPPORTED);
}

static void prepare(struct caller *c)
{
	char end[8], code[WARD_WORDS_CODE_MAX + 1];
	struct ward_sip_address to;
	const char *why = "";

	ward_process_secret(&c->p, "language", code, sizeof(code));
	ward_speak_start(&c->p, load_words(c, code[0] ? code : "en"), &c->speaker);
	ward_process_secret(&c->p, "url", c->at, sizeof(c->at));
	ward_process_secret(&c->p, "user", c->user, sizeof(c->user));
	ward_process_secret(&c->p, "from", c->from, sizeof(c->from));
	ward_process_secret(&c->p, "calls_end", end, sizeof(end));
	ward_process_secret(&c->p, "secret_file", c->secret, sizeof(c->secret));
	if (!ward_sip_address_read(ward_str_z(c->at), &to, &why))
		ward_process_die(&c->p, why, WARD_ERR_CONFIG);
	c->calls_end = strcmp(end, "no") != 0;
	c->sip = c->media = -1;
	connect_to(c, &to);
	try_sums(c);
	c->o.to = to.user;
	c->o.host = to.authority;
	c->o.user = ward_str_z(c->user);
	c->o.password = ward_str_z(c->secret);
	c->o.from = c->from[0]                    ? ward_str_z(c->from)
		    : ward_sip_is_user(c->o.user) ? c->o.user
						  : WARD_STR("ward");
	c->o.local = ward_str_z(c->local);
	c->o.address = ward_str_z(c->address);
	c->o.send = send_sip;
	c->o.ctx = c;
	c->voice = (struct ward_phone_voice){.said = c->said, .thanks = c->thanks};
	c->link = ward_process_need_fd(&c->p, "respond");
	if (fcntl(c->link, F_SETFL, O_NONBLOCK) != 0)
		ward_process_die(&c->p, "its link", WARD_ERR_IO);
}

static void learn(struct caller *c)
{
	char text[1024];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));

	ward_spoken_thanks(&w, c->lang);
	ask(c, ward_wr_text(&w));
	c->state = LEARNING;
}

static int end(struct caller *c)
{
	const struct ward_outcome stopped = {.what = WARD_SENT_FAILED};

	if (c->state == CALLING)
		ward_sip_hang_up(&c->call.sip, mono(c), &stopped);
	(void)close(c->sip);
	(void)close(c->media);
	ward_wipe(c->secret, sizeof(c->secret));
	ward_arena_fini(&c->arena);
	ward_wr_fini(&c->sound);
	ward_lang_free(c->lang);
	int status = ward_process_end(&c->p);

	free(c);
	return status;
}

int main(int argc, char **argv)
{
	struct caller *c = calloc(1, sizeof(*c));

	if (!c)
		return WARD_PROCESS_DIED;
	ward_process_begin(&c->p, "phone", argc, argv);
	ward_process_limits(&c->p, &c->lim);
	ward_arena_init(&c->arena, ward_mem_heap(), ARENA_BYTES);
	c->sound = ward_wr_grow(ward_mem_heap(), 2 * WARD_SPEAK_SOUND);
	prepare(c);
	if (!ward_sip_prepare())
		ward_process_die(&c->p, "the library has no sums for logins", WARD_ERR_UNSUPPORTED);
	ward_process_cage(&c->p, WARD_CAGE_PLAIN, NULL);
	learn(c);
	while (!ward_process_stopping()) {
		turn(c);
		ward_process_count(&c->p);
		wait(c);
	}
	return end(c);
}
