#include "sense/net/proto/smtp/smtp.h"

#include "sense/net/line.h"

#include "base/wr.h"

enum { WORD_MIN = 4, DOMAIN_MAX = 255 };

static const struct {
	const char *name;
	enum ward_smtp_kind kind;
} commands[] = {
	{"AUTH", WARD_SMTP_AUTH},
	{"BDAT", WARD_SMTP_BDAT},
	{"DATA", WARD_SMTP_DATA},
	{"EHLO", WARD_SMTP_HELLO},
	{"ETRN", WARD_SMTP_PLAIN},
	{"EXPN", WARD_SMTP_PLAIN},
	{"HELO", WARD_SMTP_HELLO},
	{"HELP", WARD_SMTP_PLAIN},
	{"LHLO", WARD_SMTP_HELLO},
	{"MAIL", WARD_SMTP_MAIL},
	{"NOOP", WARD_SMTP_PLAIN},
	{"QUIT", WARD_SMTP_RSET},
	{"RCPT", WARD_SMTP_RCPT},
	{"RSET", WARD_SMTP_RSET},
	{"SAML", WARD_SMTP_PLAIN},
	{"SEND", WARD_SMTP_PLAIN},
	{"SOML", WARD_SMTP_PLAIN},
	{"STARTTLS", WARD_SMTP_STARTTLS},
	{"TURN", WARD_SMTP_PLAIN},
	{"VRFY", WARD_SMTP_PLAIN},
	{"XCLIENT", WARD_SMTP_PLAIN},
	{"XFORWARD", WARD_SMTP_PLAIN},
};

static bool letter(char c)
{
	return (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
}

bool ward_smtp_command(struct ward_str line, struct ward_smtp_command *c)
{
	struct ward_str rest = line, word = ward_line_word(&rest);

	for (size_t i = 0; i < word.len; i++)
		if (!letter(word.p[i]))
			return false;
	if (word.len < WORD_MIN || !ward_line_is_text(line))
		return false;
	*c = (struct ward_smtp_command){.name = "other", .kind = WARD_SMTP_OTHER, .argument = rest};
	for (size_t i = 0; i < WARD_ARRAY_LEN(commands); i++)
		if (ward_str_ieq(word, ward_str_z(commands[i].name))) {
			c->name = commands[i].name;
			c->kind = commands[i].kind;
		}
	return true;
}

bool ward_smtp_domain(struct ward_str argument, struct ward_str *ret)
{
	struct ward_str rest = argument, word = ward_str_cut(&rest, ':');
	size_t at = SIZE_MAX;

	if (!rest.p ||
		(!ward_str_ieq(word, WARD_STR("FROM")) && !ward_str_ieq(word, WARD_STR("TO"))))
		return false;
	rest = ward_str_trim(rest);
	if (rest.len && *rest.p == '<') {
		rest = ward_str_sub(rest, 1, rest.len);
		rest = ward_str_cut(&rest, '>');
	} else {
		rest = ward_line_word(&rest);
	}
	for (size_t i = 0; i < rest.len; i++)
		if (rest.p[i] == '@')
			at = i;
	*ret = at == SIZE_MAX ? WARD_STR("") : ward_str_sub(rest, at + 1, DOMAIN_MAX);
	for (size_t i = 0; i < ret->len; i++)
		if (ret->p[i] <= ' ' || strchr("<>\"(),;\\", ret->p[i]))
			*ret = WARD_STR("");
	return true;
}

bool ward_smtp_chunk(struct ward_str argument, uint64_t *ret_bytes, bool *ret_last)
{
	struct ward_str rest = argument, size = ward_line_word(&rest);

	*ret_last = ward_str_ieq(ward_str_trim(rest), WARD_STR("LAST"));
	return ward_str_u64(size, ret_bytes) && (*ret_last || !rest.len);
}

static const char *const mechanisms[WARD_SMTP_MECHANISM_N] = {
	[WARD_SMTP_MECHANISM_PLAIN] = "plain",
	[WARD_SMTP_MECHANISM_LOGIN] = "login",
	[WARD_SMTP_MECHANISM_CRAM_MD5] = "cram-md5",
	[WARD_SMTP_MECHANISM_XOAUTH2] = "xoauth2",
	[WARD_SMTP_MECHANISM_NTLM] = "ntlm",
};

enum ward_smtp_mechanism ward_smtp_mechanism(struct ward_str name)
{
	for (unsigned i = 1; i < WARD_SMTP_MECHANISM_N; i++)
		if (ward_str_ieq(name, ward_str_z(mechanisms[i])))
			return (enum ward_smtp_mechanism)i;
	return WARD_SMTP_MECHANISM_OTHER;
}

const char *ward_smtp_mechanism_name(enum ward_smtp_mechanism m)
{
	return mechanisms[m];
}

struct ward_slice ward_smtp_identity(enum ward_smtp_mechanism m, struct ward_slice response)
{
	struct ward_str rest = ward_slice_text(response), part;

	switch (m) {
	case WARD_SMTP_MECHANISM_PLAIN: /* authzid NUL authcid NUL password */
		(void)ward_str_cut(&rest, 0);
		part = rest.p ? ward_str_cut(&rest, 0) : WARD_STR("");
		return ward_str_bytes(rest.p ? part : WARD_STR(""));
	case WARD_SMTP_MECHANISM_LOGIN:
		return response;
	case WARD_SMTP_MECHANISM_CRAM_MD5: /* user SP digest */
		for (size_t i = rest.len; i > 0; i--)
			if (rest.p[i - 1] == ' ')
				return ward_slice_of(response.p, i - 1);
		return ward_slice_of(NULL, 0);
	case WARD_SMTP_MECHANISM_XOAUTH2: /* user=… ^A auth=Bearer … */
		part = ward_str_cut(&rest, 1);
		return ward_str_bytes(ward_str_starts(part, WARD_STR("user="))
					      ? ward_str_sub(part, 5, part.len)
					      : WARD_STR(""));
	case WARD_SMTP_MECHANISM_NTLM:
	case WARD_SMTP_MECHANISM_OTHER:
	case WARD_SMTP_MECHANISM_N:
	default:
		return ward_slice_of(NULL, 0);
	}
}

struct ward_str ward_smtp_file_name(struct ward_str line)
{
	static const char param[] = "name=";

	for (size_t at = 0; at + sizeof(param) - 1 <= line.len; at++) {
		struct ward_str word = ward_str_sub(line, at, sizeof(param) - 1);

		if (!ward_str_ieq(word, ward_str_z(param)))
			continue;
		struct ward_str value = ward_str_sub(line, at + word.len, line.len);

		if (!value.len || *value.p != '"')
			return ward_str_trim(ward_str_cut(&value, ';'));
		value = ward_str_sub(value, 1, value.len);
		return ward_str_cut(&value, '"');
	}
	return WARD_STR("");
}
