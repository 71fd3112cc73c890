#include "respond/ways.h"

#include "base/err.h"
#include "respond/smtp.h"

static const char *const name[WARD_CHANNEL_N] = {
#define X(NAME, key, program) key,
	WARD_CHANNEL_LIST(X)
#undef X
};

static const char *const sender[WARD_CHANNEL_N] = {
#define X(NAME, key, program) program,
	WARD_CHANNEL_LIST(X)
#undef X
};

static const char *const detail[WARD_DETAIL_N] = {
#define X(NAME, key) key,
	WARD_DETAIL_LIST(X)
#undef X
};

/* Scheme and host: what follows may hold a token by which others could post there, too, and what
 * stands before '@' a password. */
static struct ward_str without_token(struct ward_str url)
{
	size_t scheme = ward_str_find(url, WARD_STR("://"));
	size_t host = scheme == SIZE_MAX ? 0 : scheme + 3, end = host;

	while (end < url.len && url.p[end] && !strchr("/?#", url.p[end]))
		end++;
	struct ward_str where = ward_str_sub(url, host, end - host);

	return ward_str_find(where, WARD_STR("@")) == SIZE_MAX ? ward_str_sub(url, 0, end)
							       : ward_str_sub(url, 0, host);
}

static bool is_http(struct ward_str at, const char **ret_why)
{
	struct ward_weburl url;

	return ward_weburl_read(at, &url, ret_why) == WARD_OK;
}

static bool is_smtp(struct ward_str at, const char **ret_why)
{
	struct ward_weburl url;

	return ward_weburl_read_as(WARD_WEBURL_SMTP, at, &url, ret_why) == WARD_OK;
}

/* What a login can carry. */
static bool is_user(struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if ((s.p[i] >= 0 && s.p[i] < ' ') || s.p[i] == 0x7f)
			return false;
	return s.len <= WARD_SMTP_LOGIN;
}

#define IS_MAIL(must_or_may, whose)                                                          \
	{                                                                                    \
		must_or_may, ward_smtp_is_address, "mail address", whose "@hospital.example" \
	}

static const struct ward_way way[WARD_CHANNEL_N] = {
	[WARD_CHANNEL_WEBHOOK] = {is_http, without_token, "address of a webhook",
		"https://HOST[:PORT]/PATH", WARD_SECRET_ALWAYS, WARD_SECRET_MIN, true,
		{{WARD_DETAIL_NONE, NULL, NULL, NULL}}},
	[WARD_CHANNEL_MAIL] = {is_smtp, without_token, "address of a mail server",
		"smtps://HOST[:PORT], or smtp:// for STARTTLS", WARD_SECRET_OF_USER, 1, false,
		{[WARD_DETAIL_FROM] = IS_MAIL(WARD_DETAIL_MUST, "ward"),
			[WARD_DETAIL_TO] = IS_MAIL(WARD_DETAIL_MUST, "security"),
			[WARD_DETAIL_USER] = {WARD_DETAIL_MAY, is_user, "name to log in with",
				"a name without line ends"}}},
};

const struct ward_way *ward_way(enum ward_channel c)
{
	WARD_ASSERT((unsigned)c < WARD_CHANNEL_N);
	return &way[c];
}

const char *ward_channel_name(enum ward_channel c)
{
	WARD_ASSERT((unsigned)c < WARD_CHANNEL_N);
	return name[c];
}

const char *ward_channel_program(enum ward_channel c)
{
	WARD_ASSERT((unsigned)c < WARD_CHANNEL_N);
	return sender[c];
}

const char *ward_detail_name(enum ward_detail d)
{
	WARD_ASSERT((unsigned)d < WARD_DETAIL_N);
	return detail[d];
}
