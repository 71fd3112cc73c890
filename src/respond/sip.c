/* RFC 3261, by its sections; 17.1 are the timers. */
#include "respond/sip.h"

#include "base/diag.h"

#include <stdio.h>

enum { LOGINS_MAX = 3, BRANCH_TEXT = 64, AUTH_BYTES = 2048, REPLY_BYTES = WARD_SIP_DATAGRAM };

static const ward_ns t1 = 500 * WARD_NS_PER_MS, t2 = 4 * WARD_NS_PER_S;
static const ward_ns silent_max = 20 * WARD_NS_PER_S, /* an exchange that says nothing */
	ring_max = 40 * WARD_NS_PER_S, cancel_max = 6 * WARD_NS_PER_S, bye_max = 4 * WARD_NS_PER_S,
		     busy_wait = 60 * WARD_NS_PER_S;

static void over(struct ward_sip *s, enum ward_sent what, unsigned status, const char *why)
{
	s->outcome = (struct ward_outcome){.what = what, .status = status};
	(void)snprintf(s->outcome.why, sizeof(s->outcome.why), "%s", why);
	s->state = WARD_SIP_OVER;
}

/* ---- what Ward says ---- */

static void put_branch(const struct ward_sip *s, unsigned n, char ret[BRANCH_TEXT])
{
	(void)snprintf(ret, BRANCH_TEXT, "z9hG4bK%.16s-%u", s->call_id, n);
}

struct request {
	const char *method;
	struct ward_str uri, to, routes, login; /* login: fields of their own */
	unsigned branch;
	uint32_t cseq;
	struct ward_str body;
};

static void put_request(const struct ward_sip *s, const struct request *q, struct ward_wr *w)
{
	const struct ward_sip_opts *o = &s->o;
	char branch[BRANCH_TEXT];

	put_branch(s, q->branch, branch);
	ward_wr_printf(w, "%s %.*s SIP/2.0\r\n", q->method, WARD_STR_ARG(q->uri));
	ward_wr_printf(w, "Via: SIP/2.0/UDP %.*s;branch=%s;rport\r\nMax-Forwards: 70\r\n",
		WARD_STR_ARG(o->local), branch);
	ward_wr_str(w, q->routes);
	ward_wr_printf(w, "From: \"Ward\" <sip:%.*s@%.*s>;tag=%s\r\n", WARD_STR_ARG(o->from),
		WARD_STR_ARG(o->host), s->tag);
	ward_wr_printf(w, "To: %.*s\r\nCall-ID: %s\r\nCSeq: %u %s\r\n", WARD_STR_ARG(q->to),
		s->call_id, (unsigned)q->cseq, q->method);
	ward_wr_printf(
		w, "Contact: <sip:%.*s@%.*s>\r\n", WARD_STR_ARG(o->from), WARD_STR_ARG(o->local));
	ward_wr_str(w, q->login);
	ward_wr_z(w, "Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, INFO\r\nUser-Agent: Ward\r\n");
	if (q->body.len)
		ward_wr_z(w, "Content-Type: application/sdp\r\n");
	ward_wr_printf(w, "Content-Length: %zu\r\n\r\n", q->body.len);
	ward_wr_str(w, q->body);
}

/* What is too long to be said is not said: the call then ends as one that nobody answers. */
static void send_request(struct ward_sip *s, const struct request *q, bool again)
{
	uint8_t bytes[WARD_SIP_OUT];
	struct ward_wr w = ward_wr_fixed(bytes, sizeof(bytes));

	put_request(s, q, &w);
	if (ward_wr_bad(&w))
		return;
	if (again) {
		memcpy(s->last, bytes, w.len);
		s->n_last = w.len;
	}
	s->o.send(s->o.ctx, ward_wr_slice(&w));
}

static void repeat_from(struct ward_sip *s, ward_ns now, ward_ns max)
{
	s->wait = t1;
	s->again = now + t1;
	s->end = now + max;
}

/* What Ward can speak and hear: RFC 3551, keys by RFC 4733. */
static void put_offer(const struct ward_sip *s, struct ward_wr *w)
{
	const char *ip = s->o.v6 ? "IP6" : "IP4";

	ward_wr_printf(w, "v=0\r\no=- %.8s 1 IN %s %.*s\r\ns=Ward\r\nc=IN %s %.*s\r\nt=0 0\r\n",
		"10000001", ip, WARD_STR_ARG(s->o.address), ip, WARD_STR_ARG(s->o.address));
	ward_wr_printf(w, "m=audio %u RTP/AVP 8 0 101\r\n", (unsigned)s->o.media_port);
	ward_wr_z(w, "a=rtpmap:8 PCMA/8000\r\na=rtpmap:0 PCMU/8000\r\n"
		     "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=ptime:20\r\n"
		     "a=sendrecv\r\n");
}

static void put_uri(const struct ward_sip *s, struct ward_wr *w)
{
	ward_wr_printf(w, "sip:%.*s@%.*s", WARD_STR_ARG(s->o.to), WARD_STR_ARG(s->o.host));
}

static void invite(struct ward_sip *s, struct ward_str login, ward_ns now)
{
	char uri[WARD_SIP_TEXT], to[WARD_SIP_TEXT], body[WARD_SIP_TEXT];
	struct ward_wr u = ward_wr_fixed(uri, sizeof(uri)), t = ward_wr_fixed(to, sizeof(to)),
		       b = ward_wr_fixed(body, sizeof(body));

	put_uri(s, &u);
	ward_wr_printf(&t, "<%.*s>", WARD_STR_ARG(ward_wr_text(&u)));
	put_offer(s, &b);
	s->invite_branch = ++s->branch;
	s->invite_cseq = ++s->cseq;
	const struct request q = {.method = "INVITE",
		.uri = ward_wr_text(&u),
		.to = ward_wr_text(&t),
		.login = login,
		.branch = s->invite_branch,
		.cseq = s->invite_cseq,
		.body = ward_wr_text(&b)};

	WARD_ASSERT(!ward_wr_bad(&u) && !ward_wr_bad(&t) && !ward_wr_bad(&b));
	s->state = WARD_SIP_CALLING;
	repeat_from(s, now, silent_max);
	send_request(s, &q, true);
}

void ward_sip_begin(struct ward_sip *s, const struct ward_sip_opts *o, ward_ns now)
{
	struct ward_wr w;

	memset(s, 0, sizeof(*s));
	s->o = *o;
	w = ward_wr_fixed(s->call_id, sizeof(s->call_id) - 1);
	ward_wr_hex(&w, ward_slice_of(o->random, WARD_SIP_RANDOM));
	/* what stands in branches is not what stands in the tag */
	memcpy(s->tag, s->call_id + sizeof(s->call_id) - sizeof(s->tag), sizeof(s->tag));
	invite(s, WARD_STR(""), now);
}

/* Of a refusal in the same transaction (17.1.1.3), of an answer in one of its own (13.2.2.4). */
static void acknowledge(struct ward_sip *s, const struct ward_sip_message *m, unsigned branch)
{
	char uri[WARD_SIP_TEXT];
	struct ward_wr u = ward_wr_fixed(uri, sizeof(uri));
	bool taken = m->status < 300;

	put_uri(s, &u);
	const struct request q = {.method = "ACK",
		.uri = taken ? ward_str_z(s->target) : ward_wr_text(&u),
		.to = taken ? ward_str_z(s->to) : m->to,
		.routes = taken ? ward_str_z(s->routes) : WARD_STR(""),
		.branch = taken ? ++s->branch : branch,
		.cseq = m->cseq};

	send_request(s, &q, false);
}

static void cancel(struct ward_sip *s, ward_ns now)
{
	char uri[WARD_SIP_TEXT], to[WARD_SIP_TEXT];
	struct ward_wr u = ward_wr_fixed(uri, sizeof(uri)), t = ward_wr_fixed(to, sizeof(to));

	put_uri(s, &u);
	ward_wr_printf(&t, "<%.*s>", WARD_STR_ARG(ward_wr_text(&u)));
	const struct request q = {.method = "CANCEL",
		.uri = ward_wr_text(&u),
		.to = ward_wr_text(&t),
		.branch = s->invite_branch,
		.cseq = s->invite_cseq};

	s->state = WARD_SIP_CANCELLING;
	repeat_from(s, now, cancel_max);
	send_request(s, &q, true);
}

static void bye(struct ward_sip *s, struct ward_str login, ward_ns now)
{
	s->bye_branch = ++s->branch;
	const struct request q = {.method = "BYE",
		.uri = ward_str_z(s->target),
		.to = ward_str_z(s->to),
		.routes = ward_str_z(s->routes),
		.login = login,
		.branch = s->bye_branch,
		.cseq = ++s->cseq};

	s->state = WARD_SIP_ENDING;
	repeat_from(s, now, bye_max);
	send_request(s, &q, true);
}

void ward_sip_hang_up(struct ward_sip *s, ward_ns now, const struct ward_outcome *outcome)
{
	if (!s->answered && s->state != WARD_SIP_OVER && s->state != WARD_SIP_CANCELLING)
		s->outcome = *outcome;
	if (s->state == WARD_SIP_CALLING)
		s->state = WARD_SIP_OVER; /* 9.1: before anybody said anything there is no CANCEL */
	else if (s->state == WARD_SIP_RINGING)
		cancel(s, now);
	else if (s->state == WARD_SIP_TALKING)
		bye(s, WARD_STR(""), now);
}

void ward_sip_tick(struct ward_sip *s, ward_ns now)
{
	const struct ward_outcome nobody = {WARD_SENT_FAILED, 0, busy_wait, "nobody answered"};

	if (s->state == WARD_SIP_OVER || s->state == WARD_SIP_TALKING)
		return;
	if (now >= s->end) {
		if (s->state == WARD_SIP_RINGING)
			ward_sip_hang_up(s, now, &nobody);
		else if (s->state == WARD_SIP_CALLING)
			over(s, WARD_SENT_FAILED, 0, WARD_TEXT("the exchange gives no answer"));
		else
			s->state = WARD_SIP_OVER;
		return;
	}
	if (s->state == WARD_SIP_RINGING || now < s->again)
		return;
	s->wait = s->state == WARD_SIP_CALLING || s->wait * 2 < t2 ? s->wait * 2 : t2;
	s->again = now + s->wait;
	s->o.send(s->o.ctx, ward_slice_of(s->last, s->n_last));
}

/* ---- what is answered ---- */

/* A copy that can stand in a line of Ward's; false: it can't. */
static bool keep(struct ward_str v, char *ret, size_t cap)
{
	if (v.len >= cap)
		return false;
	for (size_t i = 0; i < v.len; i++)
		if ((v.p[i] >= 0 && v.p[i] < ' ') || v.p[i] == 0x7f)
			return false;
	memcpy(ret, v.len ? v.p : "", v.len);
	ret[v.len] = '\0';
	return true;
}

/* 12.1.2: of the caller the route is the other way round. */
static bool keep_dialog(struct ward_sip *s, const struct ward_sip_message *m)
{
	struct ward_wr w = ward_wr_fixed(s->routes, sizeof(s->routes) - 1);
	struct ward_str target = ward_sip_uri(m->contact);
	char one[WARD_SIP_TEXT];

	for (size_t i = m->n_route; i-- > 0;) {
		if (!keep(m->route[i], one, sizeof(one)))
			return false;
		ward_wr_printf(&w, "Route: %s\r\n", one);
	}
	s->routes[w.len] = '\0';
	return !ward_wr_bad(&w) && target.len && ward_str_find(target, WARD_STR(" ")) == SIZE_MAX &&
	       keep(target, s->target, sizeof(s->target)) && ward_sip_parameter(m->to, "tag").len &&
	       keep(m->to, s->to, sizeof(s->to));
}

static void take_answer(struct ward_sip *s, const struct ward_sip_message *m, ward_ns now)
{
	bool first = !s->answered;

	if (first && !keep_dialog(s, m)) {
		over(s, WARD_SENT_FAILED, m->status, WARD_TEXT("its answer lacks where to go on"));
		return;
	}
	if (!first && !ward_str_eq(m->to, ward_str_z(s->to)))
		return; /* another telephone that answered the same call: its exchange ends it */
	acknowledge(s, m, 0);
	if (!first)
		return;
	s->answered = true;
	if (s->state == WARD_SIP_CANCELLING) { /* it was answered just then */
		bye(s, WARD_STR(""), now);
	} else if (ward_sip_media_read(m->body, &s->media) != WARD_OK) {
		over(s, WARD_SENT_REFUSED, m->status,
			WARD_TEXT("it speaks neither G.711 A-law nor u-law"));
		bye(s, WARD_STR(""), now);
	} else {
		s->state = WARD_SIP_TALKING;
	}
}

/* The best challenge that can be answered: SHA-256 before MD5. */
static const struct ward_sip_challenge *choose(const struct ward_sip_message *m)
{
	const struct ward_sip_challenge *best = NULL;

	for (size_t i = 0; i < m->n_challenge; i++)
		if (!best || (m->challenge[i].sha && !best->sha))
			best = &m->challenge[i];
	return best;
}

/* False: it can't, or has tried. */
static bool log_in(struct ward_sip *s, const struct ward_sip_message *m, const char *method,
	struct ward_str uri, ward_ns now)
{
	const struct ward_sip_challenge *c = choose(m);
	char field[AUTH_BYTES];
	struct ward_wr w = ward_wr_fixed(field, sizeof(field));

	if (!c || !s->o.user.len || s->logins == LOGINS_MAX || (s->logins && !c->stale))
		return false;
	const struct ward_sip_login l = {s->o.user, s->o.password, ward_str_z(method), uri,
		ward_str_sub(ward_str_z(s->call_id), 16, 16)};

	ward_wr_z(&w, c->proxy ? "Proxy-Authorization: " : "Authorization: ");
	if (ward_sip_authorize(&w, c, &l) != WARD_OK)
		return false;
	ward_wr_z(&w, "\r\n");
	if (ward_wr_bad(&w))
		return false;
	s->logins++;
	if (s->state == WARD_SIP_ENDING)
		bye(s, ward_wr_text(&w), now);
	else
		invite(s, ward_wr_text(&w), now);
	return true;
}

/* What a refusal means: 21.4 to 21.6. */
static const struct {
	unsigned status;
	enum ward_sent what;
	const char *why;
} refusal[] = {{401, WARD_SENT_REFUSED, WARD_TEXT("the exchange refuses the login")},
	{403, WARD_SENT_REFUSED, WARD_TEXT("the exchange forbids the call")},
	{404, WARD_SENT_REFUSED, WARD_TEXT("the exchange does not know the number")},
	{407, WARD_SENT_REFUSED, WARD_TEXT("the exchange refuses the login")},
	{408, WARD_SENT_FAILED, WARD_TEXT("the telephone gives no answer")},
	{410, WARD_SENT_REFUSED, WARD_TEXT("the number is no longer in use")},
	{480, WARD_SENT_FAILED, WARD_TEXT("the telephone can't be reached now")},
	{484, WARD_SENT_REFUSED, WARD_TEXT("the number is not complete")},
	{486, WARD_SENT_FAILED, WARD_TEXT("busy")},
	{487, WARD_SENT_FAILED, WARD_TEXT("nobody answered")},
	{488, WARD_SENT_REFUSED, WARD_TEXT("it speaks neither G.711 A-law nor u-law")},
	{600, WARD_SENT_FAILED, WARD_TEXT("busy")},
	{603, WARD_SENT_FAILED, WARD_TEXT("the call was declined")},
	{604, WARD_SENT_REFUSED, WARD_TEXT("the exchange does not know the number")},
	{606, WARD_SENT_REFUSED, WARD_TEXT("it speaks neither G.711 A-law nor u-law")}};

static void refused(struct ward_sip *s, const struct ward_sip_message *m)
{
	uint64_t wait = 0;
	char why[64];

	if (s->state == WARD_SIP_CANCELLING) { /* why it was cancelled is what became of it */
		s->state = WARD_SIP_OVER;
		return;
	}
	/* 3xx: whom else to call, Ward decides itself */
	(void)snprintf(why, sizeof(why), "the exchange answers %u", m->status);
	over(s, m->status >= 500 && m->status < 600 ? WARD_SENT_FAILED : WARD_SENT_REFUSED,
		m->status, why);
	for (size_t i = 0; i < WARD_ARRAY_LEN(refusal); i++)
		if (refusal[i].status == m->status)
			over(s, refusal[i].what, m->status, refusal[i].why);
	if (s->outcome.what != WARD_SENT_FAILED)
		return;
	s->outcome.retry_after = busy_wait;
	if (ward_str_u64(
		    ward_str_cut(&(struct ward_str){m->retry_after.p, m->retry_after.len}, ' '),
		    &wait) &&
		wait <= 3600)
		s->outcome.retry_after = (ward_ns)wait * WARD_NS_PER_S;
}

static void invite_answered(
	struct ward_sip *s, const struct ward_sip_message *m, unsigned branch, ward_ns now)
{
	char uri[WARD_SIP_TEXT];
	struct ward_wr u = ward_wr_fixed(uri, sizeof(uri));

	if (m->status >= 300)
		acknowledge(s, m, branch); /* also one that comes again */
	if (branch != s->invite_branch)
		return;
	if (m->status >= 200 && m->status < 300) {
		if (s->state != WARD_SIP_OVER)
			take_answer(s, m, now);
		return;
	}
	if (s->answered || s->state == WARD_SIP_OVER)
		return;
	if (m->status < 200) {
		if (s->state == WARD_SIP_CALLING) {
			s->state = WARD_SIP_RINGING;
			s->end = now + ring_max;
		}
		return;
	}
	put_uri(s, &u);
	if ((m->status == 401 || m->status == 407) && s->state != WARD_SIP_CANCELLING &&
		log_in(s, m, "INVITE", ward_wr_text(&u), now))
		return;
	refused(s, m);
}

/* The number of one of Ward's requests by its branch; 0: of nobody's. */
static unsigned branch_of(const struct ward_sip *s, const struct ward_sip_message *m)
{
	struct ward_str b = ward_sip_parameter(m->via[0], "branch");
	char start[BRANCH_TEXT];
	uint64_t n = 0;

	(void)snprintf(start, sizeof(start), "z9hG4bK%.16s-", s->call_id);
	if (m->n_via != 1 || !ward_str_starts(b, ward_str_z(start)) ||
		!ward_str_u64(ward_str_sub(b, strlen(start), b.len), &n) || n > s->branch)
		return 0;
	return (unsigned)n;
}

static void hear_response(struct ward_sip *s, const struct ward_sip_message *m, ward_ns now)
{
	unsigned branch = branch_of(s, m);

	if (!branch || !ward_str_eqz(ward_sip_parameter(m->from, "tag"), s->tag))
		return;
	if (ward_str_eqz(m->cseq_method, "INVITE")) {
		if (m->cseq <= s->invite_cseq)
			invite_answered(s, m, branch, now);
	} else if (ward_str_eqz(m->cseq_method, "BYE") && branch == s->bye_branch &&
		   m->status >= 200 && s->state == WARD_SIP_ENDING) {
		if ((m->status != 401 && m->status != 407) ||
			!log_in(s, m, "BYE", ward_str_z(s->target), now))
			s->state = WARD_SIP_OVER;
	} else if (ward_str_eqz(m->cseq_method, "CANCEL") && m->status >= 200 &&
		   s->state == WARD_SIP_CANCELLING) {
		s->again = WARD_NS_NEVER; /* it came: the INVITE's own end follows */
	}
}

/* ---- what is asked ---- */

static void reply(struct ward_sip *s, const struct ward_sip_message *m, const char *status)
{
	static uint8_t bytes[REPLY_BYTES];
	struct ward_wr w = ward_wr_fixed(bytes, sizeof(bytes));

	ward_wr_printf(&w, "SIP/2.0 %s\r\n", status);
	for (size_t i = 0; i < m->n_via; i++)
		ward_wr_printf(&w, "Via: %.*s\r\n", WARD_STR_ARG(m->via[i]));
	ward_wr_printf(&w, "From: %.*s\r\nTo: %.*s", WARD_STR_ARG(m->from), WARD_STR_ARG(m->to));
	if (!ward_sip_parameter(m->to, "tag").len)
		ward_wr_printf(&w, ";tag=%s", s->tag);
	ward_wr_printf(&w, "\r\nCall-ID: %.*s\r\nCSeq: %u %.*s\r\n", WARD_STR_ARG(m->call_id),
		(unsigned)m->cseq, WARD_STR_ARG(m->cseq_method));
	ward_wr_z(
		&w, "Allow: INVITE, ACK, CANCEL, BYE, OPTIONS, INFO\r\nContent-Length: 0\r\n\r\n");
	if (!ward_wr_bad(&w))
		s->o.send(s->o.ctx, ward_wr_slice(&w));
}

/* "Signal=1": application/dtmf-relay. */
static void take_info(struct ward_sip *s, const struct ward_sip_message *m)
{
	struct ward_str body = m->body;

	while (body.p && body.len) {
		struct ward_str v = ward_str_cut(&body, '\n'),
				key = ward_str_trim(ward_str_cut(&v, '='));

		v = v.p ? ward_str_trim(v) : WARD_STR("");
		if (ward_str_ieq(key, WARD_STR("Signal")) && v.len == 1)
			s->key = v.p[0];
	}
}

static bool is_ours(const struct ward_sip *s, const struct ward_sip_message *m)
{
	return s->answered && ward_str_eqz(m->call_id, s->call_id) &&
	       ward_str_eqz(ward_sip_parameter(m->to, "tag"), s->tag) &&
	       ward_str_eq(ward_sip_parameter(m->from, "tag"),
		       ward_sip_parameter(ward_str_z(s->to), "tag"));
}

static void hear_request(struct ward_sip *s, const struct ward_sip_message *m)
{
	bool ours = is_ours(s, m);

	if (ward_str_eqz(m->method, "ACK"))
		return;
	if (ward_str_eqz(m->method, "OPTIONS")) {
		reply(s, m, "200 OK");
	} else if (ward_str_eqz(m->method, "BYE")) {
		reply(s, m, ours ? "200 OK" : "481 Call/Transaction Does Not Exist");
		if (ours && s->state != WARD_SIP_OVER) {
			s->hung_up = s->state == WARD_SIP_TALKING;
			s->state = WARD_SIP_OVER;
		}
	} else if (ward_str_eqz(m->method, "INFO")) {
		reply(s, m, ours ? "200 OK" : "481 Call/Transaction Does Not Exist");
		if (ours && ward_str_starts(m->content_type, WARD_STR("application/dtmf-relay")))
			take_info(s, m);
	} else if (ward_str_eqz(m->method, "INVITE")) { /* another voice than the one there is */
		reply(s, m, ours ? "488 Not Acceptable Here" : "486 Busy Here");
	} else if (ward_str_eqz(m->method, "CANCEL")) {
		reply(s, m, "481 Call/Transaction Does Not Exist");
	} else {
		reply(s, m, "405 Method Not Allowed");
	}
}

void ward_sip_hear(struct ward_sip *s, struct ward_slice datagram, ward_ns now)
{
	struct ward_sip_message m;

	if (ward_sip_message_read(datagram, &m) != WARD_OK)
		return;
	if (m.status && ward_str_eqz(m.call_id, s->call_id))
		hear_response(s, &m, now);
	else if (!m.status)
		hear_request(s, &m);
}
