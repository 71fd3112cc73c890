#include "respond/smtp.h"

#include "base/diag.h"

#include <sodium.h>
#include <stdio.h>
#include <strings.h>

enum { LOCAL_MAX = 64, BASE64_LINE = 57, WORD_FIRST = 39, WORD = 45, WORD_MIN = 4 };

bool ward_smtp_is_address(struct ward_str s)
{
	size_t at = 0;

	if (!s.len || s.len > WARD_SMTP_ADDRESS)
		return false;
	while (at < s.len && s.p[at] != '@')
		at++;
	if (!at || at > LOCAL_MAX || at + 1 >= s.len)
		return false;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];
		bool alnum = (c >= '0' && c <= '9') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
		bool edge = i == 0 || i + 1 == at || i == at + 1 || i + 1 == s.len;

		if (i == at || alnum || (c == '.' && !edge && s.p[i - 1] != '.'))
			continue;
		if (i > at ? c != '-' || edge : !c || !strchr("!#$%&'*+-/=?^_`{|}~", c))
			return false;
	}
	return true;
}

static void base64(struct ward_wr *w, const void *p, size_t n)
{
	size_t len = sodium_base64_ENCODED_LEN(n, sodium_base64_VARIANT_ORIGINAL);
	uint8_t *to = n ? ward_wr_room(w, len) : NULL; /* with its NUL, which is given back */

	if (!to)
		return;
	(void)sodium_bin2base64((char *)to, len, p, n, sodium_base64_VARIANT_ORIGINAL);
	w->len--;
}

/* RFC 2047: words of whole characters, each on a line of at most 76. */
static void put_subject(struct ward_wr *w, struct ward_str s)
{
	size_t at = 0;

	ward_wr_z(w, "Subject: ");
	while (at < s.len) {
		size_t most = at ? WORD : WORD_FIRST, n = s.len - at < most ? s.len - at : most;
		char word[WORD];

		while (at + n < s.len && n > most - WORD_MIN && (s.p[at + n] & 0xc0) == 0x80)
			n--;
		for (size_t i = 0; i < n; i++) {
			char c = s.p[at + i];

			word[i] = (c >= 0 && c < ' ') || c == 0x7f ? ' ' : c;
		}
		ward_wr_z(w, at ? "\r\n =?UTF-8?B?" : "=?UTF-8?B?");
		base64(w, word, n);
		ward_wr_z(w, "?=");
		at += n;
	}
	ward_wr_z(w, "\r\n");
}

/* Lines of text end by CR LF before they are encoded (RFC 2045 6.8). */
static void put_text(struct ward_wr *w, struct ward_str s)
{
	uint8_t line[BASE64_LINE + 1] = {0};
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++) {
		if (s.p[i] == '\n' && (!i || s.p[i - 1] != '\r'))
			line[n++] = '\r';
		line[n++] = (uint8_t)s.p[i];
		if (n < BASE64_LINE)
			continue;
		base64(w, line, BASE64_LINE);
		ward_wr_z(w, "\r\n");
		line[0] = line[BASE64_LINE];
		n -= BASE64_LINE;
	}
	base64(w, line, n);
	ward_wr_z(w, n ? "\r\n" : "");
}

static void put_date(struct ward_wr *w, ward_ns now)
{
	static const char days[] = "ThuFriSatSunMonTueWed", /* 1970 began on a Thursday */
		months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	const int64_t s = now > 0 ? now / WARD_NS_PER_S : 0;
	int year, month, day;
	int64_t of_day;

	ward_time_split(s * WARD_NS_PER_S, &year, &month, &day, &of_day);
	ward_wr_printf(w, "Date: %.3s, %02d %.3s %04d %02d:%02d:%02d +0000\r\n",
		days + s / 86400 % 7 * 3, day, months + (ptrdiff_t)(month - 1) * 3, year,
		(int)(of_day / 3600), (int)(of_day / 60 % 60), (int)(of_day % 60));
}

void ward_smtp_mail_write(const struct ward_smtp_mail *m, struct ward_wr *w)
{
	char id[WARD_ID_TEXT];

	WARD_ASSERT(ward_smtp_is_address(m->from) && ward_smtp_is_address(m->to));
	ward_id_text(m->message, id);
	put_date(w, m->now);
	ward_wr_printf(w, "Message-ID: <%s@ward>\r\nFrom: <%.*s>\r\nTo: <%.*s>\r\n", id,
		WARD_STR_ARG(m->from), WARD_STR_ARG(m->to));
	put_subject(w, m->subject);
	ward_wr_z(w, "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
		     "Content-Type: text/plain; charset=UTF-8\r\n"
		     "Content-Transfer-Encoding: base64\r\n\r\n");
	put_text(w, m->text);
}

/* ---- the session ---- */

void ward_smtp_begin(struct ward_smtp *s, const struct ward_smtp_opts *o)
{
	WARD_ASSERT(ward_smtp_is_address(o->from) && ward_smtp_is_address(o->to));
	WARD_ASSERT(o->user.len <= WARD_SMTP_LOGIN && o->password.len <= WARD_SMTP_LOGIN);
	*s = (struct ward_smtp){.o = *o, .secure = o->tls};
}

static void over(struct ward_smtp *s, enum ward_sent what, const char *why)
{
	s->outcome = (struct ward_outcome){.what = what, .status = s->code};
	(void)snprintf(s->outcome.why, sizeof(s->outcome.why), "%s", why);
	s->state = WARD_SMTP_OVER;
}

static void hello(struct ward_smtp *s, struct ward_wr *out)
{
	s->has_tls = s->has_plain = false;
	ward_wr_z(out, "EHLO [127.0.0.1]\r\n"); /* RFC 5321 4.1.4: it may have no name */
	s->state = WARD_SMTP_EHLO;
}

static void mail_from(struct ward_smtp *s, struct ward_wr *out)
{
	ward_wr_printf(out, "MAIL FROM:<%.*s>\r\n", WARD_STR_ARG(s->o.from));
	s->state = WARD_SMTP_MAIL;
}

static void log_in(struct ward_smtp *s, struct ward_wr *out)
{
	char both[2 * WARD_SMTP_LOGIN + 2];
	struct ward_wr w = ward_wr_fixed(both, sizeof(both));

	ward_wr_ch(&w, '\0');
	ward_wr_str(&w, s->o.user);
	ward_wr_ch(&w, '\0');
	ward_wr_str(&w, s->o.password);
	ward_wr_z(out, "AUTH PLAIN ");
	base64(out, both, w.len);
	ward_wr_z(out, "\r\n");
	ward_wipe(both, sizeof(both));
	s->state = WARD_SMTP_AUTH;
}

/* In clear to this machine only. Who took STARTTLS away from the reply
 * gets nothing. */
static void after_hello(struct ward_smtp *s, struct ward_wr *out)
{
	if (!s->secure && !s->o.plain && s->has_tls) {
		ward_wr_z(out, "STARTTLS\r\n");
		s->state = WARD_SMTP_STARTTLS;
	} else if (!s->secure && !s->o.plain)
		over(s, WARD_SENT_FAILED, WARD_TEXT("it offers no STARTTLS"));
	else if (!s->o.user.len)
		mail_from(s, out);
	else if (!s->has_plain)
		over(s, WARD_SENT_FAILED, "it offers no AUTH PLAIN");
	else
		log_in(s, out);
}

/* RFC 5321 4.5.2: a line that begins with a dot gets one more. */
static void put_mail(struct ward_smtp *s, struct ward_wr *out)
{
	struct ward_str m = s->o.mail;
	bool begins = true;

	for (size_t i = 0; i < m.len; i++) {
		if (begins && m.p[i] == '.')
			ward_wr_ch(out, '.');
		ward_wr_ch(out, m.p[i]);
		begins = m.p[i] == '\n';
	}
	ward_wr_z(out, begins ? ".\r\n" : "\r\n.\r\n");
	s->state = WARD_SMTP_BODY;
}

static void next(struct ward_smtp *s, struct ward_wr *out)
{
	switch (s->state) {
	case WARD_SMTP_GREETING:
		hello(s, out);
		break;
	case WARD_SMTP_EHLO:
		after_hello(s, out);
		break;
	case WARD_SMTP_STARTTLS:
		s->state = WARD_SMTP_HANDSHAKE;
		break;
	case WARD_SMTP_AUTH:
		mail_from(s, out);
		break;
	case WARD_SMTP_MAIL:
		ward_wr_printf(out, "RCPT TO:<%.*s>\r\n", WARD_STR_ARG(s->o.to));
		s->state = WARD_SMTP_RCPT;
		break;
	case WARD_SMTP_RCPT:
		ward_wr_z(out, "DATA\r\n");
		s->state = WARD_SMTP_DATA;
		break;
	case WARD_SMTP_DATA:
		put_mail(s, out);
		break;
	case WARD_SMTP_BODY:
		ward_wr_z(out, "QUIT\r\n");
		over(s, WARD_SENT_DELIVERED, "");
		break;
	case WARD_SMTP_HANDSHAKE:
	case WARD_SMTP_OVER:
		break;
	}
}

static void judge(struct ward_smtp *s, struct ward_wr *out)
{
	static const char *const to[] = {"the connection", "EHLO", "STARTTLS", "", "the login",
		"the sender's address", "the recipient's address", "DATA", "the message"};
	unsigned first = s->code / 100, wanted = s->state == WARD_SMTP_DATA ? 3 : 2;
	char why[WARD_WEBHOOK_WHY];

	if (first == wanted) {
		next(s, out);
		return;
	}
	(void)snprintf(why, sizeof(why), "it answered %u to %s", s->code, to[s->state]);
	over(s, first == 5 ? WARD_SENT_REFUSED : WARD_SENT_FAILED, why);
}

static bool has_word(const char *words, const char *word)
{
	size_t n = strlen(word);

	while (*words) {
		words += strspn(words, " =");
		if (strncasecmp(words, word, n) == 0 && (!words[n] || words[n] == ' '))
			return true;
		words += strcspn(words, " =");
	}
	return false;
}

static void heed_extension(struct ward_smtp *s, const char *text)
{
	if (strcasecmp(text, "STARTTLS") == 0)
		s->has_tls = true;
	else if (strncasecmp(text, "AUTH ", 5) == 0 || strncasecmp(text, "AUTH=", 5) == 0)
		s->has_plain = s->has_plain || has_word(text + 5, "PLAIN");
}

/* One line without its end: "250-TEXT" goes on, "250 TEXT" and "250" end the reply. */
static bool heed_line(struct ward_smtp *s, struct ward_wr *out)
{
	const char *l = s->line;
	unsigned code = 0;
	bool good = s->len >= 3 && l[0] >= '2' && l[0] <= '5' &&
		    (s->len == 3 || l[3] == ' ' || l[3] == '-');

	for (size_t i = 0; good && i < 3; i++) {
		good = l[i] >= '0' && l[i] <= '9';
		code = code * 10 + (unsigned)(l[i] - '0');
	}
	if (!good || (s->n_line && code != s->code) || s->n_line == WARD_SMTP_LINES) {
		over(s, WARD_SENT_FAILED, "what it answers is no SMTP");
		return false;
	}
	s->code = code;
	if (s->state == WARD_SMTP_EHLO && s->n_line && s->len > 4)
		heed_extension(s, l + 4);
	s->n_line++;
	if (s->len > 3 && l[3] == '-')
		return false;
	s->n_line = 0;
	judge(s, out);
	return true;
}

void ward_smtp_take(struct ward_smtp *s, struct ward_slice bytes, struct ward_wr *out)
{
	bool waits = s->state != WARD_SMTP_OVER && s->state != WARD_SMTP_HANDSHAKE;

	if (!bytes.len && waits)
		over(s, WARD_SENT_FAILED, WARD_TEXT("it ended the connection without an answer"));
	for (size_t i = 0; i < bytes.len && s->state != WARD_SMTP_OVER; i++) {
		char c = (char)bytes.p[i];
		bool whole = false;

		if (s->state == WARD_SMTP_HANDSHAKE) /* anybody on the way may have added it */
			over(s, WARD_SENT_FAILED, "it sent in clear after STARTTLS");
		else if (c != '\n' && s->len + 1 >= sizeof(s->line))
			over(s, WARD_SENT_FAILED, "a line of its answer is too long");
		else if (c != '\n')
			s->line[s->len++] = c ? c : '?';
		else {
			if (s->len && s->line[s->len - 1] == '\r')
				s->len--;
			s->line[s->len] = '\0';
			whole = heed_line(s, out);
			s->len = 0;
		}
		/* each command waits for its reply: nobody answers what was not asked */
		if (whole && i + 1 < bytes.len && s->state != WARD_SMTP_OVER)
			over(s, WARD_SENT_FAILED, "it answered before it was asked");
	}
}

void ward_smtp_secured(struct ward_smtp *s, struct ward_wr *out)
{
	WARD_ASSERT(s->state == WARD_SMTP_HANDSHAKE);
	s->secure = true;
	hello(s, out);
}
