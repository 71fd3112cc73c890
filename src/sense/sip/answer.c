/* What Ward says: RFC 3261 8.2.6, 18.2; RFC 3264. */
#include "sense/sip/priv.h"

#include <arpa/inet.h>
#include <stdio.h>

enum { PORT_USUAL = 5060, PORT_NOBODY = 9, MEDIA_MAX = 8, MEDIA_LINE = 256 };

static bool is_text(char c)
{
	return (c < 0 || c >= ' ') && c != 0x7f;
}

void uas_put_line(struct ward_wr *w, struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++)
		ward_wr_ch(w, is_text(s.p[i]) ? s.p[i] : ' ');
}

void uas_put_address(const struct ward_uas_peer *p, struct ward_wr *w)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	char text[INET6_ADDRSTRLEN];
	bool v4 = memcmp(p->address, mapped, sizeof(mapped)) == 0;

	if (inet_ntop(v4 ? AF_INET : AF_INET6, p->address + (v4 ? sizeof(mapped) : 0), text,
		    sizeof(text)))
		ward_wr_z(w, text);
}

/* The same for each answer to a caller's requests, and nobody's else. */
void uas_put_tag(const struct ward_uas *u, const struct ward_sip_message *m, struct ward_wr *w)
{
	struct ward_seed seed = u->o.seed;
	struct ward_str from = ward_sip_parameter(m->from, "tag");

	seed.k0 ^= ward_siphash(seed, from.p, from.len);
	seed.k1 ^= 0x7461672d; /* no seal of a nonce */
	ward_wr_printf(
		w, "%016llx", (unsigned long long)ward_siphash(seed, m->call_id.p, m->call_id.len));
}

/* The port that stands behind the host of a Via: "SIP/2.0/UDP [::1]:5070;branch=a". */
static uint16_t via_port(struct ward_str via)
{
	struct ward_str rest = via, host;
	uint64_t port;

	host = ward_str_trim(ward_str_cut(&rest, ';'));
	for (size_t i = host.len; i-- > 0;)
		if (host.p[i] == ':' && i > 0 &&
			ward_str_find(ward_str_sub(host, i, host.len), WARD_STR("]")) == SIZE_MAX)
			return ward_str_u64(
				       ward_str_trim(ward_str_sub(host, i + 1, host.len)), &port) &&
					       port && port <= UINT16_MAX
				       ? (uint16_t)port
				       : PORT_USUAL;
		else if (host.p[i] == ' ' || host.p[i] == ']')
			break;
	return PORT_USUAL;
}

static bool has_rport(struct ward_str via)
{
	struct ward_str rest = via;

	(void)ward_str_cut(&rest, ';');
	while (rest.p) {
		struct ward_str one = ward_str_cut(&rest, ';');

		if (ward_str_ieq(ward_str_trim(ward_str_cut(&one, '=')), WARD_STR("rport")))
			return true;
	}
	return false;
}

struct ward_uas_peer uas_back(const struct ward_uas_peer *from, const struct ward_sip_message *m)
{
	struct ward_uas_peer to = *from;

	if (m->n_via && !has_rport(m->via[0]))
		to.port = via_port(m->via[0]);
	return to;
}

/* 18.2.1, RFC 3581 4: with where it came from. */
static void put_first_via(const struct ward_uas_peer *from, struct ward_str via, struct ward_wr *w)
{
	struct ward_str rest = via;
	bool rport = has_rport(via);

	ward_wr_z(w, "Via: ");
	uas_put_line(w, ward_str_cut(&rest, ';'));
	while (rest.p) {
		struct ward_str one = ward_str_cut(&rest, ';'), value = one;
		struct ward_str key = ward_str_trim(ward_str_cut(&value, '='));

		if (ward_str_ieq(key, WARD_STR("rport")) || ward_str_ieq(key, WARD_STR("received")))
			continue;
		ward_wr_ch(w, ';');
		uas_put_line(w, one);
	}
	ward_wr_z(w, ";received=");
	uas_put_address(from, w);
	if (rport)
		ward_wr_printf(w, ";rport=%u", (unsigned)from->port);
	ward_wr_z(w, "\r\n");
}

static void put_field(struct ward_wr *w, const char *name, struct ward_str value)
{
	ward_wr_z(w, name);
	uas_put_line(w, value);
	ward_wr_z(w, "\r\n");
}

bool uas_write(const struct ward_uas *u, const struct ward_uas_peer *from,
	const struct ward_sip_message *m, const struct uas_answer *a, struct ward_wr *w)
{
	ward_wr_printf(w, "SIP/2.0 %s\r\n", a->status);
	for (size_t i = 0; i < m->n_via; i++) {
		if (i == 0)
			put_first_via(from, m->via[i], w);
		else
			put_field(w, "Via: ", m->via[i]);
	}
	for (size_t i = 0; a->route && i < m->n_route; i++)
		put_field(w, "Record-Route: ", m->route[i]);
	put_field(w, "From: ", m->from);
	ward_wr_z(w, "To: ");
	uas_put_line(w, m->to);
	if (!ward_sip_parameter(m->to, "tag").len) {
		ward_wr_z(w, ";tag=");
		uas_put_tag(u, m, w);
	}
	ward_wr_z(w, "\r\n");
	put_field(w, "Call-ID: ", m->call_id);
	ward_wr_printf(w, "CSeq: %u ", (unsigned)m->cseq);
	put_field(w, "", m->cseq_method);
	if (a->route)
		ward_wr_printf(w, "Contact: <sip:ward@%.*s>\r\n", WARD_STR_ARG(u->o.local));
	ward_wr_str(w, a->fields);
	ward_wr_printf(w, "Allow: INVITE, ACK, CANCEL, BYE, MESSAGE, OPTIONS%s\r\nServer: Ward\r\n",
		u->o.registers ? ", REGISTER" : "");
	if (a->body.len)
		ward_wr_z(w, "Content-Type: application/sdp\r\n");
	ward_wr_printf(w, "Content-Length: %zu\r\n\r\n", a->body.len);
	ward_wr_str(w, a->body);
	return !ward_wr_bad(w);
}

void uas_say(struct ward_uas *u, const struct ward_uas_peer *from, const struct ward_sip_message *m,
	const struct uas_answer *a)
{
	uint8_t bytes[UAS_OUT];
	struct ward_wr w = ward_wr_fixed(bytes, sizeof(bytes));
	struct ward_uas_peer to = uas_back(from, m);

	if (uas_write(u, from, m, a, &w))
		u->o.send(u->o.ctx, &to, ward_wr_slice(&w));
	else
		ward_count_name(u->o.counters, "sip.unsaid", 1);
}

/* "audio 49170/2 RTP/AVP 0 8" of an offer: the same with nobody's port, or none. False: it is no
 * such line. */
static bool put_media(struct ward_str line, bool *taken, struct ward_wr *w)
{
	struct ward_str rest = line, kind = ward_str_cut(&rest, ' ');
	struct ward_str port = rest.p ? ward_str_cut(&rest, ' ') : WARD_STR("");

	if (!kind.len || !port.len || !rest.p || !rest.len || line.len > MEDIA_LINE)
		return false;
	bool audio = !*taken && ward_str_eqz(kind, "audio") && !ward_str_eqz(port, "0");

	*taken |= audio;
	ward_wr_z(w, "m=");
	uas_put_line(w, kind);
	ward_wr_printf(w, " %d ", audio ? PORT_NOBODY : 0);
	uas_put_line(w, rest);
	ward_wr_z(w, "\r\na=inactive\r\n");
	return true;
}

/* RFC 3264 6: as many lines as were offered. `inactive`: nothing is sent either way. */
void uas_put_session(const struct ward_uas *u, struct ward_str offer, struct ward_wr *w)
{
	const char *ip = u->o.v6 ? "IP6" : "IP4";
	bool taken = false;
	size_t n = 0;

	ward_wr_printf(w, "v=0\r\no=- 1 1 IN %s %.*s\r\ns=Ward\r\nc=IN %s %.*s\r\nt=0 0\r\n", ip,
		WARD_STR_ARG(u->o.address), ip, WARD_STR_ARG(u->o.address));
	for (struct ward_str rest = offer; rest.p && rest.len && n < MEDIA_MAX;) {
		struct ward_str line = ward_str_trim(ward_str_cut(&rest, '\n'));

		if (ward_str_starts(line, WARD_STR("m=")))
			n += put_media(ward_str_sub(line, 2, line.len), &taken, w);
	}
	if (!n)
		ward_wr_printf(w, "m=audio %d RTP/AVP 8 0\r\na=inactive\r\n", PORT_NOBODY);
}
