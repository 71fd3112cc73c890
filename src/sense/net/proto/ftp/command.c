#include "sense/net/proto/ftp/ftp.h"

#include "sense/net/line.h"

#include "base/wr.h"

static const struct {
	const char *name;
	enum ward_ftp_kind kind;
	enum ward_ftp_carries carries;
} commands[] = {
	{"ABOR", WARD_FTP_PLAIN, WARD_FTP_NOTHING},
	{"ACCT", WARD_FTP_ACCT, WARD_FTP_NOTHING},
	{"ADAT", WARD_FTP_PLAIN, WARD_FTP_NOTHING},
	{"ALLO", WARD_FTP_PLAIN, WARD_FTP_NOTHING},
	{"APPE", WARD_FTP_FILE, WARD_FTP_A_FILE},
	{"AUTH", WARD_FTP_AUTH, WARD_FTP_NOTHING},
	{"CCC", WARD_FTP_PLAIN, WARD_FTP_NOTHING},
	{"CDUP", WARD_FTP_PLAIN, WARD_FTP_NOTHING},
	{"CLNT", WARD_FTP_PLAIN, WARD_FTP_NOTHING},
	{"CONF", WARD_FTP_PLAIN, WARD_FTP_NOTHING},
	{"CWD", WARD_FTP_FILE, WARD_FTP_NOTHING},
	{"DELE", WARD_FTP_FILE, WARD_FTP_NOTHING},
	{"ENC", WARD_FTP_PLAIN, WARD_FTP_NOTHING},
	{"EPRT", WARD_FTP_EPRT, WARD_FTP_NOTHING},
	{"EPSV", WARD_FTP_PASV, WARD_FTP_NOTHING},
	{"FEAT", WARD_FTP_PLAIN, WARD_FTP_NOTHING},
	{"HELP", WARD_FTP_PLAIN, WARD_FTP_NOTHING},
	{"HOST", WARD_FTP_PLAIN, WARD_FTP_NOTHING},
	{"LANG", WARD_FTP_PLAIN, WARD_FTP_NOTHING},
	{"LIST", WARD_FTP_FILE, WARD_FTP_A_LIST},
	{"LPRT", WARD_FTP_PLAIN, WARD_FTP_NOTHING},
	{"LPSV", WARD_FTP_PLAIN, WARD_FTP_NOTHING},
	{"MDTM", WARD_FTP_FILE, WARD_FTP_NOTHING},
	{"MFMT", WARD_FTP_FILE, WARD_FTP_NOTHING},
	{"MIC", WARD_FTP_PLAIN, WARD_FTP_NOTHING},
	{"MKD", WARD_FTP_FILE, WARD_FTP_NOTHING},
	{"MLSD", WARD_FTP_FILE, WARD_FTP_A_LIST},
	{"MLST", WARD_FTP_FILE, WARD_FTP_NOTHING},
	{"MODE", WARD_FTP_PLAIN, WARD_FTP_NOTHING},
	{"NLST", WARD_FTP_FILE, WARD_FTP_A_LIST},
	{"NOOP", WARD_FTP_PLAIN, WARD_FTP_NOTHING},
	{"OPTS", WARD_FTP_PLAIN, WARD_FTP_NOTHING},
	{"PASS", WARD_FTP_PASS, WARD_FTP_NOTHING},
	{"PASV", WARD_FTP_PASV, WARD_FTP_NOTHING},
	{"PBSZ", WARD_FTP_PLAIN, WARD_FTP_NOTHING},
	{"PORT", WARD_FTP_PORT, WARD_FTP_NOTHING},
	{"PROT", WARD_FTP_PLAIN, WARD_FTP_NOTHING},
	{"PWD", WARD_FTP_PLAIN, WARD_FTP_NOTHING},
	{"QUIT", WARD_FTP_PLAIN, WARD_FTP_NOTHING},
	{"REIN", WARD_FTP_PLAIN, WARD_FTP_NOTHING},
	{"REST", WARD_FTP_PLAIN, WARD_FTP_NOTHING},
	{"RETR", WARD_FTP_FILE, WARD_FTP_A_FILE},
	{"RMD", WARD_FTP_FILE, WARD_FTP_NOTHING},
	{"RNFR", WARD_FTP_FILE, WARD_FTP_NOTHING},
	{"RNTO", WARD_FTP_FILE, WARD_FTP_NOTHING},
	{"SITE", WARD_FTP_PLAIN, WARD_FTP_NOTHING},
	{"SIZE", WARD_FTP_FILE, WARD_FTP_NOTHING},
	{"SMNT", WARD_FTP_FILE, WARD_FTP_NOTHING},
	{"STAT", WARD_FTP_FILE, WARD_FTP_NOTHING},
	{"STOR", WARD_FTP_FILE, WARD_FTP_A_FILE},
	{"STOU", WARD_FTP_PLAIN, WARD_FTP_A_FILE},
	{"STRU", WARD_FTP_PLAIN, WARD_FTP_NOTHING},
	{"SYST", WARD_FTP_SYST, WARD_FTP_NOTHING},
	{"TYPE", WARD_FTP_PLAIN, WARD_FTP_NOTHING},
	{"USER", WARD_FTP_USER, WARD_FTP_NOTHING},
	{"XCUP", WARD_FTP_PLAIN, WARD_FTP_NOTHING},
	{"XCWD", WARD_FTP_FILE, WARD_FTP_NOTHING},
	{"XMKD", WARD_FTP_FILE, WARD_FTP_NOTHING},
	{"XPWD", WARD_FTP_PLAIN, WARD_FTP_NOTHING},
	{"XRMD", WARD_FTP_FILE, WARD_FTP_NOTHING},
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
			c->carries = commands[i].carries;
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
