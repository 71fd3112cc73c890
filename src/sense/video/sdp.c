#include "sense/video/sdp.h"

enum { FMTP_MAX = 6000, JPEG_STATIC = 26 /* RFC 3551 6 */ };

/* One "m=" and what belongs to it. */
struct media {
	bool is_ours; /* of the track that is wanted */
	uint64_t format;
	bool has_format;
	const char *coding; /* "H264/90000"; NULL: not known */
	struct ward_str fmtp, control;
};

static const struct track {
	const char *type, *coding[5];
} tracks[] = {
	[WARD_SDP_PICTURES] = {"video",
		{"H264/90000", "H265/90000", "JPEG/90000", "MP4V-ES/90000"}},
	[WARD_SDP_METADATA] = {"application", {"vnd.onvif.metadata/90000"}},
};
/* other applications than metadata are nothing that a coding would help */
static const char metadata[] = "vnd.onvif.metadata";

static bool printable(struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] < ' ' || s.p[i] > '~')
			return false;
	return true;
}

/* Cuts "96 rest": true when the number is the one that is wanted. */
static bool is_of(struct ward_str *value, const struct media *m)
{
	struct ward_str number = ward_str_cut(value, ' ');
	uint64_t n;

	return m->has_format && ward_str_u64(number, &n) && n == m->format;
}

/* What the stream is coded as, if that is read here. */
static const char *coding_of(const struct track *t, struct ward_str name)
{
	for (size_t i = 0; t->coding[i]; i++)
		if (ward_str_ieq(name, ward_str_z(t->coding[i])))
			return t->coding[i];
	return NULL;
}

static struct media begin(struct ward_str value, const struct track *t)
{
	struct media m = {.is_ours = ward_str_eqz(ward_str_cut(&value, ' '), t->type)};

	(void)ward_str_cut(&value, ' '); /* the port: it is ours to say */
	m.is_ours = m.is_ours && ward_str_starts(ward_str_cut(&value, ' '), WARD_STR("RTP/"));
	m.has_format = ward_str_u64(ward_str_cut(&value, ' '), &m.format) && m.format < 128;
	if (m.has_format && m.format == JPEG_STATIC)
		m.coding = coding_of(t, WARD_STR("JPEG/90000"));
	return m;
}

static void attribute(struct media *m, const struct track *t, struct ward_str value)
{
	struct ward_str name = ward_str_cut(&value, ':');

	if (!value.p)
		return;
	if (ward_str_eqz(name, "control")) {
		m->control = value;
	} else if (ward_str_eqz(name, "rtpmap") && is_of(&value, m)) {
		value = ward_str_trim(value);
		m->coding = coding_of(t, value);
		if (t == &tracks[WARD_SDP_METADATA])
			m->is_ours =
				m->is_ours && ward_str_ieq(ward_str_sub(value, 0, strlen(metadata)),
						      ward_str_z(metadata));
	} else if (ward_str_eqz(name, "fmtp") && is_of(&value, m)) {
		m->fmtp = value;
	}
}

static bool wanted(const struct media *m)
{
	return m->is_ours && m->has_format && m->coding && m->fmtp.len <= FMTP_MAX &&
	       printable(m->fmtp) && printable(m->control);
}

/* The first line has ten bytes: libav looks for an ID3 tag of ten bytes before anything else, and
 * what it has read of a stream is gone. */
static enum ward_err write(const struct media *m, const struct track *t, struct ward_wr *out)
{
	ward_wr_printf(
		out, "s=camera\r\nv=0\r\nc=IN IP4 0.0.0.0\r\nt=0 0\r\nm=%s 0 RTP/AVP ", t->type);
	ward_wr_u64(out, m->format);
	ward_wr_z(out, "\r\na=rtpmap:");
	ward_wr_u64(out, m->format);
	ward_wr_ch(out, ' ');
	ward_wr_z(out, m->coding);
	ward_wr_z(out, "\r\n");
	if (m->fmtp.len) {
		ward_wr_z(out, "a=fmtp:");
		ward_wr_u64(out, m->format);
		ward_wr_ch(out, ' ');
		ward_wr_str(out, m->fmtp);
		ward_wr_z(out, "\r\n");
	}
	return ward_wr_bad(out) ? WARD_ERR_LIMIT : WARD_OK;
}

enum ward_err ward_sdp_pick(
	struct ward_str text, enum ward_sdp_track track, struct ward_wr *out, struct ward_sdp *ret)
{
	const struct track *t = &tracks[track];
	struct media session = {0}, m = {0};
	bool in_media = false, any = false;

	while (text.p) {
		struct ward_str line = ward_str_trim(ward_str_cut(&text, '\n'));
		struct ward_str value = ward_str_sub(line, 2, line.len);

		if (line.len < 2 || line.p[1] != '=')
			continue;
		if (line.p[0] == 'm') {
			if (wanted(&m))
				break;
			any = any || m.is_ours;
			m = begin(value, t);
			in_media = true;
		} else if (line.p[0] == 'a') {
			attribute(in_media ? &m : &session, t, value);
		}
	}
	if (!wanted(&m))
		return any || m.is_ours ? WARD_ERR_UNSUPPORTED : WARD_ERR_FOREIGN;
	*ret = (struct ward_sdp){
		printable(session.control) ? session.control : WARD_STR(""), m.control};
	return write(&m, t, out);
}
