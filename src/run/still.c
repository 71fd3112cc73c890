#include "run/still.h"

#define BEFORE "{\"decision\":\""
#define BETWEEN "\",\"jpeg\":\""
#define AFTER "\"}"

static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

static struct ward_id get_id(struct ward_rd *r)
{
	struct ward_slice s = ward_rd_bytes(r, sizeof(struct ward_id));
	struct ward_id id = {.b = {0}};

	if (!ward_rd_bad(r))
		memcpy(id.b, s.p, sizeof(id.b));
	return id;
}

void ward_still_ask_put(struct ward_wr *w, struct ward_id id)
{
	ward_wr_bytes(w, id.b, sizeof(id.b));
}

enum ward_err ward_still_ask_get(struct ward_rd *r, struct ward_id *ret)
{
	struct ward_id id = get_id(r);

	if (ward_rd_bad(r) || ward_rd_left(r))
		return WARD_ERR_MALFORMED;
	*ret = id;
	return WARD_OK;
}

void ward_still_is_put(struct ward_wr *w, const struct ward_still_is *s)
{
	ward_wr_bytes(w, s->id.b, sizeof(s->id.b));
	ward_wr_lv(w, ward_str_bytes(s->why));
	ward_wr_lv(w, s->jpeg);
}

/* ITU-T T.81 B.1.1: it begins with SOI and the first byte of another marker. */
static bool is_jpeg(struct ward_slice s)
{
	return s.len > 3 && s.p[0] == 0xFF && s.p[1] == 0xD8 && s.p[2] == 0xFF;
}

enum ward_err ward_still_is_get(struct ward_rd *r, struct ward_still_is *ret)
{
	struct ward_still_is s = {.id = get_id(r)};
	size_t bad;

	s.why = ward_slice_text(ward_rd_lv(r, WARD_STILL_WHY));
	s.jpeg = ward_rd_lv(r, WARD_STILL_JPEG);
	if (ward_rd_bad(r) || ward_rd_left(r) || (s.why.len != 0) == (s.jpeg.len != 0) ||
		!ward_utf8_valid(ward_str_bytes(s.why), &bad) || (s.jpeg.len && !is_jpeg(s.jpeg)))
		return WARD_ERR_MALFORMED;
	*ret = s;
	return WARD_OK;
}

/* RFC 4648 4. */
static void put_base64(struct ward_wr *w, struct ward_slice s)
{
	for (size_t i = 0; i < s.len; i += 3) {
		size_t n = s.len - i;
		uint32_t v = (uint32_t)s.p[i] << 16 | (n > 1 ? (uint32_t)s.p[i + 1] << 8 : 0) |
			     (n > 2 ? s.p[i + 2] : 0);

		ward_wr_ch(w, digits[v >> 18]);
		ward_wr_ch(w, digits[v >> 12 & 63]);
		ward_wr_ch(w, n > 1 ? digits[v >> 6 & 63] : '=');
		ward_wr_ch(w, n > 2 ? digits[v & 63] : '=');
	}
}

static bool get_base64(struct ward_str text, uint8_t *ret, size_t cap, size_t *ret_n)
{
	size_t pad = 0, n = 0;

	if (text.len < 4 || text.len % 4)
		return false;
	while (pad < 2 && text.p[text.len - 1 - pad] == '=')
		pad++;
	if (text.len / 4 * 3 - pad > cap)
		return false;
	for (size_t i = 0; i < text.len; i += 4) {
		uint32_t v = 0;

		for (size_t k = 0; k < 4; k++) {
			char c = text.p[i + k];
			const char *at = i + k + pad >= text.len ? digits
					 : c                     ? strchr(digits, c)
								 : NULL;

			if (!at)
				return false;
			v = v << 6 | (uint32_t)(at - digits);
		}
		for (size_t k = 0; k < 3 && n < text.len / 4 * 3 - pad; k++)
			ret[n++] = (uint8_t)(v >> (16 - 8 * k));
	}
	*ret_n = n;
	return true;
}

void ward_still_say(struct ward_wr *w, const struct ward_still_is *s)
{
	char id[WARD_ID_TEXT];

	ward_id_text(s->id, id);
	ward_wr_z(w, BEFORE);
	ward_wr_z(w, id);
	ward_wr_z(w, BETWEEN);
	put_base64(w, s->jpeg);
	ward_wr_z(w, AFTER);
}

bool ward_still_said(struct ward_str json, uint8_t *ret, size_t cap, size_t *ret_n)
{
	const size_t head = strlen(BEFORE) + WARD_ID_TEXT - 1, between = strlen(BETWEEN),
		     after = strlen(AFTER);

	return json.len > head + between + after && ward_str_starts(json, WARD_STR(BEFORE)) &&
	       ward_str_eqz(ward_str_sub(json, head, between), BETWEEN) &&
	       ward_str_eqz(ward_str_sub(json, json.len - after, after), AFTER) &&
	       get_base64(ward_str_sub(json, head + between, json.len - head - between - after),
		       ret, cap, ret_n) &&
	       is_jpeg(ward_slice_of(ret, *ret_n));
}
