#include "sense/net/proto/ftp/ftp.h"

#include "sense/net/line.h"

#include "base/wr.h"

static const struct {
	const char *name;
	enum ward_ftp_kind kind;
} commands[] = {
	{"ABOR", WARD_FTP_PLAIN},
	{"ACCT", WARD_FTP_ACCT},
	{"ADAT", WARD_FTP_PLAIN},
	{"ALLO", WARD_FTP_PLAIN},
	{"APPE", WARD_FTP_FILE},
	{"AUTH", WARD_FTP_AUTH},
	{"CCC", WARD_FTP_PLAIN},
	{"CDUP", WARD_FTP_PLAIN},
	{"CLNT", WARD_FTP_PLAIN},
	{"CONF", WARD_FTP_PLAIN},
	{"CWD", WARD_FTP_FILE},
	{"DELE", WARD_FTP_FILE},
	{"ENC", WARD_FTP_PLAIN},
	{"EPRT", WARD_FTP_EPRT},
	{"EPSV", WARD_FTP_PASV},
	{"FEAT", WARD_FTP_PLAIN},
	{"HELP", WARD_FTP_PLAIN},
	{"HOST", WARD_FTP_PLAIN},
	{"LANG", WARD_FTP_PLAIN},
	{"LIST", WARD_FTP_FILE},
	{"LPRT", WARD_FTP_PLAIN},
	{"LPSV", WARD_FTP_PLAIN},
	{"MDTM", WARD_FTP_FILE},
	{"MFMT", WARD_FTP_FILE},
	{"MIC", WARD_FTP_PLAIN},
	{"MKD", WARD_FTP_FILE},
	{"MLSD", WARD_FTP_FILE},
	{"MLST", WARD_FTP_FILE},
	{"MODE", WARD_FTP_PLAIN},
	{"NLST", WARD_FTP_FILE},
	{"NOOP", WARD_FTP_PLAIN},
	{"OPTS", WARD_FTP_PLAIN},
	{"PASS", WARD_FTP_PASS},
	{"PASV", WARD_FTP_PASV},
	{"PBSZ", WARD_FTP_PLAIN},
	{"PORT", WARD_FTP_PORT},
	{"PROT", WARD_FTP_PLAIN},
	{"PWD", WARD_FTP_PLAIN},
	{"QUIT", WARD_FTP_PLAIN},
	{"REIN", WARD_FTP_PLAIN},
	{"REST", WARD_FTP_PLAIN},
	{"RETR", WARD_FTP_FILE},
	{"RMD", WARD_FTP_FILE},
	{"RNFR", WARD_FTP_FILE},
	{"RNTO", WARD_FTP_FILE},
	{"SITE", WARD_FTP_PLAIN},
	{"SIZE", WARD_FTP_FILE},
	{"SMNT", WARD_FTP_FILE},
	{"STAT", WARD_FTP_FILE},
	{"STOR", WARD_FTP_FILE},
	{"STOU", WARD_FTP_PLAIN},
	{"STRU", WARD_FTP_PLAIN},
	{"SYST", WARD_FTP_SYST},
	{"TYPE", WARD_FTP_PLAIN},
	{"USER", WARD_FTP_USER},
	{"XCUP", WARD_FTP_PLAIN},
	{"XCWD", WARD_FTP_FILE},
	{"XMKD", WARD_FTP_FILE},
	{"XPWD", WARD_FTP_PLAIN},
	{"XRMD", WARD_FTP_FILE},
};

enum { WORD_MIN = 3, NUMBERS = 6, ADDRESS_MAX = 45 };

static bool letters(struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!((s.p[i] | 0x20) >= 'a' && (s.p[i] | 0x20) <= 'z'))
			return false;
	return true;
}

bool ward_ftp_command(struct ward_str line, struct ward_ftp_command *c)
{
	struct ward_str rest = line, word = ward_line_word(&rest);

	if (word.len < WORD_MIN || !letters(word) || !ward_line_is_text(line))
		return false;
	*c = (struct ward_ftp_command){.name = "other", .kind = WARD_FTP_OTHER, .argument = rest};
	for (size_t i = 0; i < WARD_ARRAY_LEN(commands) && !c->known; i++)
		if (ward_str_ieq(word, ward_str_z(commands[i].name))) {
			c->name = commands[i].name;
			c->kind = commands[i].kind;
			c->known = true;
		}
	return true;
}

/* Six numbers with commas between at the begin of s. */
static bool six(struct ward_str s, struct ward_ftp_endpoint *e)
{
	unsigned v[NUMBERS] = {0};
	size_t n = 0, digits = 0;

	for (size_t i = 0; i < s.len && n < NUMBERS; i++) {
		if (s.p[i] >= '0' && s.p[i] <= '9' && digits < 3) {
			v[n] = v[n] * 10 + (unsigned)(s.p[i] - '0');
			digits++;
			continue;
		}
		if (digits == 0 || (s.p[i] != ',' && n < NUMBERS - 1))
			return false;
		n++;
		digits = 0;
	}
	n += digits > 0;
	for (size_t i = 0; i < NUMBERS; i++)
		if (v[i] > 255)
			return false;
	struct ward_wr w = ward_wr_fixed(e->text, sizeof(e->text));

	for (size_t i = 0; i < 4; i++) {
		ward_wr_z(&w, i ? "." : "");
		ward_wr_u64(&w, v[i]);
	}
	e->address = ward_wr_text(&w);
	e->port = (uint16_t)(v[4] << 8 | v[5]);
	return n == NUMBERS;
}

bool ward_ftp_port(struct ward_str text, struct ward_ftp_endpoint *e)
{
	bool was_digit = false;

	for (size_t i = 0; i < text.len; i++) {
		bool digit = text.p[i] >= '0' && text.p[i] <= '9';

		if (digit && !was_digit && six(ward_str_sub(text, i, text.len), e))
			return true;
		was_digit = digit;
	}
	return false;
}

bool ward_ftp_eprt(struct ward_str text, struct ward_ftp_endpoint *e)
{
	size_t at = ward_str_find(text, WARD_STR("|"));
	struct ward_str rest = ward_str_sub(text, at == SIZE_MAX ? text.len : at + 1, text.len);
	uint64_t port;

	(void)ward_str_cut(&rest, '|'); /* the family shows in the address */
	e->address = rest.p ? ward_str_cut(&rest, '|') : WARD_STR("");
	if (!rest.p || e->address.len > ADDRESS_MAX ||
		!ward_str_u64(ward_str_cut(&rest, '|'), &port) || !port || port > UINT16_MAX)
		return false;
	for (size_t i = 0; i < e->address.len; i++)
		if (!strchr("0123456789abcdefABCDEF:.", e->address.p[i]))
			return false;
	e->port = (uint16_t)port;
	return true;
}
