/* A file that somebody, or a machine, hands in to be looked at, in pieces: each goes by `login`,
 * which says who it is, to `file`, which says what is in it once it has all. Nothing of it is kept
 * here. */
#include "run/proc/api_account.h"

#include "http/target.h"
#include "run/upload.h"

#define BASE WARD_API_PATH "files"

/* Files of one session. */
static const struct serve_rate of_files = {20, 20};

static bool number(struct ward_str query, const char *key, uint32_t *ret)
{
	char text[16];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));
	uint64_t v = 0;
	bool ok = ward_str_u64(ward_http_param(query, key, sizeof(text), &w), &v);

	*ret = (uint32_t)v;
	return ok && v <= WARD_UPLOAD_MAX;
}

/* "name=ct.dcm&size=4711&off=0", perhaps "&type=application/dicom"; texts go into the scratch. */
static bool take_query(
	struct server *s, const struct ward_httpd_ask *a, struct ward_upload_piece *p)
{
	struct ward_wr w = ward_wr_fixed(s->scratch, sizeof(s->scratch));
	struct ward_str type;

	p->name = ward_http_param(a->query, "name", WARD_UPLOAD_TEXT, &w);
	type = ward_http_param(a->query, "type", WARD_UPLOAD_TEXT, &w);
	p->type = type.p ? type : WARD_STR("");
	p->language = serve_language(a);
	p->bytes = a->body;
	return p->name.p && number(a->query, "size", &p->size) && number(a->query, "off", &p->off);
}

static void hand_in(
	struct server *s, struct ward_httpd_ask *a, struct serve_session *who, struct ward_str id)
{
	struct serve_pending pending = {.question = SERVE_DECIDE, .ask = a};
	struct ward_wr w = ward_wr_fixed(s->message, sizeof(s->message));
	struct ward_upload_piece p = {.size = 0}, checked;
	size_t at = WARD_SIGN_TOKEN;

	if (!(who->is.rights & WARD_RIGHT_BIT(WARD_RIGHT_REPORT))) {
		serve_needs(s, a, WARD_RIGHT_REPORT);
		return;
	}
	bool ok = ward_id_parse(id, &p.id) && take_query(s, a, &p);

	ward_wr_bytes(
		&w, who->is_machine ? serve_machine_print(s, who) : who->token, WARD_SIGN_TOKEN);
	ward_upload_put(&w, &p);
	struct ward_rd r = ward_rd_from(s->message + at, w.len - at);

	if (!ok || ward_wr_bad(&w) || ward_upload_get(&r, &checked) != WARD_OK)
		serve_problem(s, a, 400,
			WARD_TEXT("name the file by an id of your own (a UUID), and name, size "
				  "(at most 32 MiB) and off: where in it this piece stands, of at "
				  "most 128 KiB"));
	else if (!p.off && !serve_may(s, &who->uploads, &of_files))
		serve_wait(s, a, 3 * WARD_NS_PER_S,
			ward_str_z(WARD_TEXT("too many files of this session: twenty a minute")));
	else
		serve_ask_login(s, &pending, who->is_machine ? WARD_MSG_UPLOAD_BY : WARD_MSG_UPLOAD,
			ward_wr_slice(&w));
	ward_wipe(s->message, w.len);
}

_Static_assert((int)WARD_MACHINE_PRINT == (int)WARD_SIGN_TOKEN, "in the place of a token");

static const char *const limits[] = {"{\"file_bytes\":0,\"piece_bytes\":0,\"kept\":false}\n",
	"{\"file_bytes\":33554432,\"piece_bytes\":131072,\"kept\":false}\n",
	"{\"file_bytes\":33554432,\"piece_bytes\":131072,\"kept\":true}\n"};
_Static_assert(WARD_UPLOAD_MAX == 33554432 && WARD_UPLOAD_PIECE == 131072, "as it says");

bool serve_upload(struct server *s, struct ward_httpd_ask *a, struct serve_session *who)
{
	bool one = ward_str_starts(a->path, WARD_STR(BASE "/"));
	const char *method = one ? "POST" : "GET";

	if (!one && !ward_str_eqz(a->path, BASE))
		return false;
	if (!ward_str_eqz(a->method, method))
		serve_say(s, a,
			&(struct serve_answer){.status = 405, .allow = one ? method : "GET, HEAD"});
	else if (!who)
		serve_problem(s, a, 401, WARD_TEXT("sign in first"));
	else if (one && !s->uploads)
		serve_problem(s, a, 404,
			WARD_TEXT(
				"nobody looks at files here: say `inspect: true` in console.yml"));
	else if (one)
		hand_in(s, a, who, ward_str_sub(a->path, sizeof(BASE "/") - 1, a->path.len));
	else
		serve_say(s, a,
			&(struct serve_answer){.status = 200,
				.type = WARD_API_JSON,
				.body = ward_str_bytes(ward_str_z(
					limits[s->uploads + (s->uploads && s->files_kept)])),
				.lasting = true});
	return true;
}

bool serve_upload_body(struct server *s, const struct ward_httpd_ask *a)
{
	uint8_t token[WARD_SIGN_TOKEN];
	struct ward_str cookie =
		ward_http_cookie(ward_httpd_value(a, "cookie"), WARD_STR(SERVE_COOKIE));
	const char *why;

	if (!s->uploads || !ward_str_starts(a->path, WARD_STR(BASE "/")))
		return false;
	const struct serve_session *who = ward_sign_parse(cookie, token)
						  ? serve_session_find(s, token)
						  : serve_machine_shown(s, a, &why);

	return who && who->is.rights & WARD_RIGHT_BIT(WARD_RIGHT_REPORT);
}
