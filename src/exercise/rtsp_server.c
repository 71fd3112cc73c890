#include "exercise/rtsp_server.h"

#include <string.h>

enum { DOLLAR_HEAD = 4, BODY_MAX = 1 << 16 };

void ward_rtsp_server_init(struct ward_rtsp_server *s, struct ward_str sdp)
{
	*s = (struct ward_rtsp_server){.sdp = sdp, .rtcp = 1};
}

/* The value of a header, or nothing. */
static struct ward_str header(struct ward_str head, const char *name)
{
	struct ward_str lines = head;

	(void)ward_str_cut(&lines, '\n'); /* the request's line */
	while (lines.len) {
		struct ward_str value = ward_str_cut(&lines, '\n'), key = ward_str_cut(&value, ':');

		if (ward_str_ieq(key, ward_str_z(name)))
			return ward_str_trim(value);
	}
	return (struct ward_str){0};
}

/* "RTP/AVP/TCP;unicast;interleaved=0-1" */
static bool transport(struct ward_rtsp_server *s, struct ward_str wanted)
{
	static const char tcp[] = "RTP/AVP/TCP";
	struct ward_str kind = ward_str_cut(&wanted, ';');
	uint64_t first = 0, second = 1;

	if (!ward_str_eqz(kind, tcp))
		return false;
	while (wanted.len) {
		struct ward_str value = ward_str_cut(&wanted, ';'), key = ward_str_cut(&value, '=');

		if (!ward_str_eqz(key, "interleaved"))
			continue;
		if (!ward_str_u64(ward_str_cut(&value, '-'), &first) ||
			!ward_str_u64(value, &second))
			return false;
	}
	if (first > UINT8_MAX || second > UINT8_MAX)
		return false;
	s->rtp = (uint8_t)first;
	s->rtcp = (uint8_t)second;
	return true;
}

static void status(struct ward_wr *out, const char *line, struct ward_str cseq)
{
	ward_wr_printf(out, "RTSP/1.0 %s\r\nCSeq: %.*s\r\n", line, WARD_STR_ARG(cseq));
}

/* False: the connection ends. */
static bool answer(struct ward_rtsp_server *s, struct ward_str head, struct ward_wr *out)
{
	struct ward_str line = head, cseq = header(head, "CSeq"), method;
	uint64_t number;

	line = ward_str_cut(&line, '\n');
	method = ward_str_cut(&line, ' ');
	if (!ward_str_u64(cseq, &number))
		return false;
	if (ward_str_eqz(method, "OPTIONS")) {
		status(out, "200 OK", cseq);
		ward_wr_z(out,
			"Public: OPTIONS, DESCRIBE, SETUP, PLAY, GET_PARAMETER, TEARDOWN\r\n\r\n");
	} else if (ward_str_eqz(method, "DESCRIBE")) {
		status(out, "200 OK", cseq);
		ward_wr_printf(out,
			"Content-Type: application/sdp\r\nContent-Length: %zu\r\n\r\n%.*s",
			s->sdp.len, WARD_STR_ARG(s->sdp));
	} else if (ward_str_eqz(method, "SETUP")) {
		s->set_up = transport(s, header(head, "Transport"));
		s->playing = s->playing && s->set_up;
		status(out, s->set_up ? "200 OK" : "461 Unsupported Transport", cseq);
		if (s->set_up)
			ward_wr_printf(out,
				"Session: 1;timeout=60\r\n"
				"Transport: RTP/AVP/TCP;unicast;interleaved=%u-%u\r\n",
				(unsigned)s->rtp, (unsigned)s->rtcp);
		ward_wr_z(out, "\r\n");
	} else if (ward_str_eqz(method, "PLAY")) {
		s->playing = s->set_up;
		status(out, s->playing ? "200 OK" : "455 Method Not Valid in This State", cseq);
		ward_wr_z(out, "Session: 1\r\n\r\n");
	} else if (ward_str_eqz(method, "GET_PARAMETER") || ward_str_eqz(method, "SET_PARAMETER")) {
		status(out, "200 OK", cseq);
		ward_wr_z(out, "Session: 1\r\n\r\n");
	} else if (ward_str_eqz(method, "TEARDOWN")) {
		status(out, "200 OK", cseq);
		ward_wr_z(out, "\r\n");
		return false;
	} else {
		status(out, "501 Not Implemented", cseq);
		ward_wr_z(out, "\r\n");
	}
	return true;
}

/* How many bytes of what is held are one request or a packet's head; 0: more must come. */
static size_t whole(const struct ward_rtsp_server *s)
{
	const char *end = memmem(s->request, s->n, "\r\n\r\n", 4);

	if (s->n && s->request[0] == '$')
		return s->n < DOLLAR_HEAD ? 0 : DOLLAR_HEAD;
	return end ? (size_t)(end - s->request) + 4 : 0;
}

static bool take_whole(struct ward_rtsp_server *s, size_t len, struct ward_wr *out)
{
	struct ward_str head = {s->request, len};
	uint64_t body = 0;

	if (s->request[0] == '$') {
		s->skip = (size_t)(uint8_t)s->request[2] << 8 | (uint8_t)s->request[3];
		return true;
	}
	if (header(head, "Content-Length").len &&
		(!ward_str_u64(header(head, "Content-Length"), &body) || body > BODY_MAX))
		return false;
	s->skip = (size_t)body;
	return answer(s, head, out);
}

bool ward_rtsp_server_take(struct ward_rtsp_server *s, struct ward_slice in, struct ward_wr *out)
{
	bool good = true;

	while (good && (in.len || (s->n && whole(s)))) {
		size_t n = s->skip < in.len ? s->skip : in.len, len;

		in = ward_slice_of(in.p + n, in.len - n);
		s->skip -= n;
		if (s->skip)
			return true;
		n = sizeof(s->request) - s->n;
		n = n < in.len ? n : in.len;
		memcpy(s->request + s->n, in.p, n);
		s->n += n;
		in = ward_slice_of(in.p + n, in.len - n);
		len = whole(s);
		if (!len)
			return s->n < sizeof(s->request);
		good = take_whole(s, len, out);
		s->n -= len;
		memmove(s->request, s->request + len, s->n);
		/* a body that came with its head */
		n = s->skip < s->n ? s->skip : s->n;
		s->n -= n;
		s->skip -= n;
		memmove(s->request, s->request + n, s->n);
	}
	return good;
}

void ward_rtsp_server_frame(
	const struct ward_rtsp_server *s, struct ward_slice packet, bool rtcp, struct ward_wr *out)
{
	ward_wr_ch(out, '$');
	ward_wr_u8(out, rtcp ? s->rtcp : s->rtp);
	ward_wr_be16(out, (uint16_t)packet.len);
	ward_wr_bytes(out, packet.p, packet.len);
}
