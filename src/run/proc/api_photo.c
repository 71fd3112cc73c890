/* A photo that somebody hands in with their report, in pieces: each goes by `login`, which says who
 * it is, to `desk`, which takes it of no report that is not on record. Nothing of it is kept here.
 */
#include "run/proc/api_account.h"

#include "run/photo.h"

#define BASE WARD_API_PATH "reports/"

/* "subject=a2-icu-3&size=4711&off=0", as they are: ids have nothing to be escaped. */
static bool take_query(struct ward_str query, struct ward_photo_piece *p)
{
	uint64_t size = 0, off = 0;
	unsigned seen = 0;

	while (query.p && query.len) {
		struct ward_str value = ward_str_cut(&query, '&'), key = ward_str_cut(&value, '=');
		bool ok = value.p;

		if (ward_str_eqz(key, "subject")) {
			p->subject = value;
			ok = ok && value.len && ward_str_find(value, WARD_STR("%")) == SIZE_MAX;
			seen |= 1;
		} else if (ward_str_eqz(key, "size")) {
			ok = ok && ward_str_u64(value, &size) && size <= UINT32_MAX;
			seen |= 2;
		} else if (ward_str_eqz(key, "off")) {
			ok = ok && ward_str_u64(value, &off) && off < UINT32_MAX;
			seen |= 4;
		} else {
			ok = false;
		}
		if (!ok)
			return false;
	}
	p->size = (uint32_t)size;
	p->off = (uint32_t)off;
	return seen == 7 && p->subject.len <= WARD_DECISION_SUBJECT;
}

static void hand_in(struct server *s, struct ward_httpd_ask *a, struct serve_session *who,
	struct ward_str report)
{
	struct serve_pending p = {.question = SERVE_DECIDE, .ask = a};
	struct ward_wr w = ward_wr_fixed(s->message, sizeof(s->message));
	struct ward_photo_piece piece = {.subject = WARD_STR(""), .bytes = a->body};

	if (!(who->is.rights & WARD_RIGHT_BIT(WARD_RIGHT_REPORT)))
		serve_needs(s, a, WARD_RIGHT_REPORT);
	else if (!ward_id_parse(report, &piece.id) || !take_query(a->query, &piece))
		serve_problem(s, a, 400,
			WARD_TEXT(
				"name the report by the id of its decision, and subject, size and "
				"off: its place, how long the photo is, and where in it this piece "
				"stands"));
	else if (!a->body.len || a->body.len > WARD_PHOTO_PIECE || piece.off > piece.size ||
		 a->body.len > piece.size - piece.off)
		serve_problem(s, a, 400,
			WARD_TEXT("the piece is empty, or goes beyond the photo's size"));
	else {
		ward_wr_bytes(&w, who->token, WARD_SIGN_TOKEN);
		ward_photo_put(&w, &piece);
		serve_ask_login(s, &p, WARD_MSG_PHOTO, ward_wr_slice(&w));
	}
	ward_wipe(s->message, w.len);
}

bool serve_photo(struct server *s, struct ward_httpd_ask *a, struct serve_session *who)
{
	struct ward_str rest = a->path, end = WARD_STR("/photo");

	if (!ward_str_starts(rest, WARD_STR(BASE)))
		return false;
	rest = ward_str_sub(rest, strlen(BASE), rest.len);
	if (rest.len <= end.len ||
		!ward_str_eq(ward_str_sub(rest, rest.len - end.len, end.len), end))
		return false;
	if (!ward_str_eqz(a->method, "POST"))
		serve_say(s, a, &(struct serve_answer){.status = 405, .allow = "POST"});
	else if (!who)
		serve_problem(s, a, 401, WARD_TEXT("sign in first"));
	else
		hand_in(s, a, who, ward_str_sub(rest, 0, rest.len - end.len));
	return true;
}
