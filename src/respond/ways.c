#include "respond/ways.h"

#include "base/err.h"
#include "exchange/standard.h"
#include "respond/pager.h"
#include "respond/publish.h"
#include "respond/sip_address.h"
#include "respond/smpp.h"
#include "respond/smtp.h"
#include "respond/template.h"
#include "respond/ticket.h"

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

/* In international form, or a short number of the operator. */
static bool is_phone(struct ward_str s)
{
	size_t plus = s.len && s.p[0] == '+';

	for (size_t i = plus; i < s.len; i++)
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	return s.len >= 3 && s.len - plus <= 15;
}

/* A number, or a name of at most 11 characters (3GPP TS 23.040 9.1.2.5). */
static bool is_sender(struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!((s.p[i] >= '0' && s.p[i] <= '9') ||
			    ((s.p[i] | 0x20) >= 'a' && (s.p[i] | 0x20) <= 'z') ||
			    strchr(" .-_", s.p[i] ? s.p[i] : 'x')))
			return is_phone(s);
	return is_phone(s) || s.len <= 11;
}

/* "!opaque:server"; rooms of late versions have no server in it (Matrix 1.16, appendices). */
static bool is_room(struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] <= ' ' || s.p[i] > '~')
			return false;
	return s.len > 1 && s.len <= 255 && s.p[0] == '!';
}

/* What a centre calls Ward (SMPP 5.2.1). */
static bool is_system_id(struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] <= ' ' || s.p[i] > '~')
			return false;
	return s.len <= WARD_SMPP_USER;
}

static bool is_smpp(struct ward_str at, const char **ret_why)
{
	struct ward_weburl url;

	return ward_weburl_read_as(WARD_WEBURL_SMPP, at, &url, ret_why) == WARD_OK;
}

bool ward_way_is_jid(struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] && strchr("&'/", s.p[i])) /* RFC 7622 3.3.1 */
			return false;
	return ward_smtp_is_address(s);
}

static bool is_xmpp(struct ward_str at, const char **ret_why)
{
	struct ward_weburl url;

	return ward_weburl_read_as(WARD_WEBURL_XMPP, at, &url, ret_why) == WARD_OK;
}

static bool is_syslog(struct ward_str at, const char **ret_why)
{
	struct ward_weburl url;

	return ward_weburl_read_as(WARD_WEBURL_SYSLOG, at, &url, ret_why) == WARD_OK;
}

static bool is_played(struct ward_str at, const char **ret_why)
{
	*ret_why = WARD_TEXT("there is nothing in it");
	return at.len > 0;
}

static bool is_homeserver(struct ward_str at, const char **ret_why)
{
	struct ward_weburl url;

	if (ward_weburl_read(at, &url, ret_why) != WARD_OK)
		return false;
	*ret_why = WARD_TEXT("something follows its host and port");
	return strcmp(url.path, "/") == 0;
}

void ward_way_template(const struct ward_str *detail_of, struct ward_template *ret)
{
	/* Matrix client-server API, 10.6 */
	const struct ward_template matrix = {WARD_STR("PUT"),
		{WARD_STR("Authorization: Bearer {secret}")}, WARD_STR("application/json"),
		WARD_STR("{\"msgtype\": \"m.text\", \"body\": \"{message}\"}"), false};
	struct ward_template t = {detail_of[WARD_DETAIL_METHOD], {detail_of[WARD_DETAIL_HEADER]},
		detail_of[WARD_DETAIL_TYPE], detail_of[WARD_DETAIL_BODY], false};

	t.method = t.method.len ? t.method : WARD_STR("POST");
	t.type = t.type.len ? t.type : WARD_STR("application/json");
	*ret = detail_of[WARD_DETAIL_ROOM].len ? matrix : t;
}

static const char *wrong_template(
	struct ward_str at, const struct ward_str *detail_of, struct ward_template_slot *ret)
{
	struct ward_weburl url;
	struct ward_template t;
	const char *why;

	if (ward_weburl_read(at, &url, &why) != WARD_OK)
		return NULL; /* which is told already */
	ward_way_template(detail_of, &t);
	return ward_template_wrong(&t, ward_str_z(url.path), ret);
}

static bool is_broker(struct ward_str at, const char **ret_why)
{
	struct ward_weburl url;

	return ward_weburl_read_as(WARD_WEBURL_MQTT, at, &url, ret_why) == WARD_OK;
}

static bool is_paging_line(struct ward_str at, const char **ret_why)
{
	struct ward_pager_line line;

	return ward_pager_line_read(at, &line, ret_why);
}

static bool is_digit(struct ward_str s)
{
	return s.len == 1 && s.p[0] >= '0' && s.p[0] <= '9';
}

/* '2' is the paging system's */
static bool is_station(struct ward_str s)
{
	return ward_str_eqz(s, "control") || (is_digit(s) && s.p[0] != '2');
}

static bool is_one_of(struct ward_str s, const char *const *all)
{
	while (*all && !ward_str_eqz(s, *all))
		all++;
	return *all != NULL;
}

static bool is_baud(struct ward_str s)
{
	static const char *const all[] = {"1200", "2400", "4800", "9600", "19200", "38400", "57600",
		"115200", "230400", NULL};

	return is_one_of(s, all);
}

static bool is_frame(struct ward_str s)
{
	static const char *const all[] = {"8n1", "7e1", "7o1", "8e1", "8n2", "7e2", NULL};

	return is_one_of(s, all);
}

static const char *wrong_line(
	struct ward_str at, const struct ward_str *detail_of, struct ward_template_slot *ret)
{
	(void)ret;
	return ward_str_starts(at, WARD_STR("serial-server:")) &&
			       (detail_of[WARD_DETAIL_BAUD].len || detail_of[WARD_DETAIL_FRAME].len)
		       ? WARD_TEXT("a serial server has its own baud and frame\nleave them out")
		       : NULL;
}

static bool is_telephone(struct ward_str at, const char **ret_why)
{
	struct ward_sip_address a;

	return ward_sip_address_read(at, &a, ret_why);
}

static bool is_yes_or_no(struct ward_str s)
{
	return ward_str_eqz(s, "yes") || ward_str_eqz(s, "no");
}

/* It stands in quotes, and is told apart from a number by nobody but the exchange. */
static bool is_exchange_user(struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] == '"' || s.p[i] == '\\')
			return false;
	return s.len <= WARD_SIP_ADDRESS_USER;
}

static struct ward_str all_of_it(struct ward_str at)
{
	return at;
}

/* Whether it is there, and a PEM file, is seen when all of the recipient is checked. */
static bool is_file(struct ward_str s)
{
	return s.len != 0;
}

static bool is_ticket_user(struct ward_str s)
{
	return s.len <= WARD_TICKET_USER;
}

static bool is_user(struct ward_str s)
{
	return s.len <= WARD_SMTP_LOGIN;
}

#define IS_MAIL(must_or_may, whose)                                           \
	{                                                                     \
		must_or_may, ward_smtp_is_address, WARD_TEXT("mail address"), \
			whose "@hospital.example"                             \
	}

/* Of requests by template. */
#define ANY                                       \
	{                                         \
		WARD_DETAIL_MAY, NULL, NULL, NULL \
	}
#define TEMPLATE                                                                          \
	[WARD_DETAIL_METHOD] = ANY, [WARD_DETAIL_HEADER] = ANY, [WARD_DETAIL_TYPE] = ANY, \
	[WARD_DETAIL_BODY] = ANY, [WARD_DETAIL_ANSWER] = ANY

static bool is_standard(struct ward_str s)
{
	return ward_standard_parse(s) != WARD_STANDARD_NONE;
}

static bool is_availability(struct ward_str s)
{
	return ward_standard_is_availability(ward_standard_parse(s));
}

/* Stands in CAP's references, whose parts commas and blanks part. */
static bool is_alerter(struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++)
		if (strchr(",<& ", s.p[i]))
			return false;
	return ward_smtp_is_address(s);
}

static const char *wrong_webhook(
	struct ward_str at, const struct ward_str *d, struct ward_template_slot *ret)
{
	(void)at;
	(void)ret;
	return d[WARD_DETAIL_FROM].len && !d[WARD_DETAIL_SENDS].len
		       ? WARD_TEXT("'from' is the sender of a standard's messages\nadd `sends: "
				   "cap` or another, or leave it out")
		       : NULL;
}

static const char *wrong_broker(
	struct ward_str at, const struct ward_str *d, struct ward_template_slot *ret)
{
	if (d[WARD_DETAIL_SENDS].len && d[WARD_DETAIL_SIREN].len)
		return WARD_TEXT("a siren is on or off\nleave out `sends`, or let another "
				 "recipient have it");
	return wrong_webhook(at, d, ret);
}

static const struct ward_way way[WARD_CHANNEL_N] = {
	[WARD_CHANNEL_WEBHOOK] = {is_http, without_token, WARD_TEXT("address of a webhook"),
		"https://HOST[:PORT]/PATH", WARD_SECRET_ALWAYS, WARD_SECRET_MIN, WARD_SECRET_MAX,
		true,
		{[WARD_DETAIL_FROM] = {WARD_DETAIL_MAY, is_alerter, WARD_TEXT("sender of alerts"),
			 "ward@hospital.example"},
			[WARD_DETAIL_SENDS] = {WARD_DETAIL_MAY, is_standard,
				WARD_TEXT("standard in which Ward sends incidents"),
				"idmef, cap, de, stix, misp, ocsf, have or saner"}},
		wrong_webhook},
	[WARD_CHANNEL_MAIL] = {is_smtp, without_token, WARD_TEXT("address of a mail server"),
		"smtps://HOST[:PORT], or smtp:// for STARTTLS", WARD_SECRET_OF_USER, 1,
		WARD_SECRET_MAX, false,
		{[WARD_DETAIL_FROM] = IS_MAIL(WARD_DETAIL_MUST, "ward"),
			[WARD_DETAIL_TO] = IS_MAIL(WARD_DETAIL_MUST, "security"),
			[WARD_DETAIL_USER] = {WARD_DETAIL_MAY, is_user,
				WARD_TEXT("name to log in with"),
				WARD_TEXT("at most 512 characters")}},
		NULL},
	[WARD_CHANNEL_SMS] = {is_http, without_token, WARD_TEXT("address of a gateway"),
		"https://HOST[:PORT]/PATH", WARD_SECRET_MAY, 1, WARD_SECRET_MAX, false,
		{[WARD_DETAIL_TO] = {WARD_DETAIL_MUST, is_phone, WARD_TEXT("number of a phone"),
			 "\"+391234567890\""},
			[WARD_DETAIL_FROM] = {WARD_DETAIL_MAY, is_sender,
				WARD_TEXT("sender of a short message"),
				WARD_TEXT("a number, or at most 11 letters and digits")},
			TEMPLATE},
		wrong_template},
	[WARD_CHANNEL_CHAT] = {is_http, without_token, WARD_TEXT("address of a chat"),
		"https://HOST[:PORT]/PATH", WARD_SECRET_MAY, 1, WARD_SECRET_MAX, false,
		{[WARD_DETAIL_TO] = ANY, [WARD_DETAIL_FROM] = ANY, TEMPLATE}, wrong_template},
	[WARD_CHANNEL_MATRIX] = {is_homeserver, without_token, WARD_TEXT("address of a homeserver"),
		"https://HOST[:PORT]", WARD_SECRET_ALWAYS, 1, WARD_SECRET_MAX, false,
		{[WARD_DETAIL_ROOM] = {WARD_DETAIL_MUST, is_room, WARD_TEXT("id of a room"),
			 "it as the room's settings show it: \"!…:server\""}},
		NULL},
	[WARD_CHANNEL_SMPP] = {is_smpp, without_token,
		WARD_TEXT("address of a centre for short messages"), "smpps://HOST[:PORT]",
		WARD_SECRET_ALWAYS, 1, WARD_SMPP_PASSWORD, false,
		{[WARD_DETAIL_TO] = {WARD_DETAIL_MUST, is_phone, WARD_TEXT("number of a phone"),
			 "\"+391234567890\""},
			[WARD_DETAIL_FROM] = {WARD_DETAIL_MAY, is_sender,
				WARD_TEXT("sender of a short message"),
				WARD_TEXT("a number, or at most 11 letters and digits")},
			[WARD_DETAIL_USER] = {WARD_DETAIL_MUST, is_system_id,
				WARD_TEXT("system_id, by which the centre knows Ward"),
				WARD_TEXT("at most 15 characters")}},
		NULL},
	[WARD_CHANNEL_XMPP] = {is_xmpp, without_token, WARD_TEXT("address of an XMPP server"),
		"xmpp://HOST[:PORT] for STARTTLS, or xmpps://", WARD_SECRET_ALWAYS, 1,
		WARD_SECRET_MAX, false,
		{[WARD_DETAIL_TO] = {WARD_DETAIL_MUST, ward_way_is_jid,
			 WARD_TEXT("address of XMPP"), "NAME@DOMAIN"},
			[WARD_DETAIL_USER] = {WARD_DETAIL_MUST, ward_way_is_jid,
				WARD_TEXT("address of XMPP"), "Ward's own: NAME@DOMAIN"}},
		NULL},
	[WARD_CHANNEL_MQTT] = {is_broker, without_token, WARD_TEXT("address of a broker"),
		"mqtts://HOST[:PORT]", WARD_SECRET_OF_USER, 1, WARD_SECRET_MAX, true,
		{[WARD_DETAIL_USER] = {WARD_DETAIL_MAY, is_user, WARD_TEXT("name to log in with"),
			 WARD_TEXT("at most 512 characters")},
			[WARD_DETAIL_SIREN] = {WARD_DETAIL_MAY, ward_topic_valid,
				WARD_TEXT("topic"),
				"one without '+' and '#', that begins with no '$'"},
			[WARD_DETAIL_FROM] = {WARD_DETAIL_MAY, is_alerter,
				WARD_TEXT("sender of a standard's messages"),
				"ward@hospital.example"},
			[WARD_DETAIL_SENDS] = {WARD_DETAIL_MAY, is_availability,
				WARD_TEXT("standard in which a broker gets anything"),
				"have or saner; incidents it gets as topics"},
			[WARD_DETAIL_CLIENT_CERTIFICATE] = {WARD_DETAIL_MAY, is_file,
				WARD_TEXT("file"), WARD_TEXT("the name of a PEM file")},
			[WARD_DETAIL_CLIENT_KEY] = {WARD_DETAIL_MAY, is_file, WARD_TEXT("file"),
				WARD_TEXT("the name of a PEM file")}},
		wrong_broker},
	[WARD_CHANNEL_ESPA] = {is_paging_line, all_of_it, WARD_TEXT("line to a paging system"),
		"serial-server:HOST:PORT, or serial:/dev/NAME", WARD_SECRET_NEVER, 1,
		WARD_SECRET_MAX, false,
		{[WARD_DETAIL_CALL] = {WARD_DETAIL_MUST, ward_pager_address,
			 WARD_TEXT("call address"), WARD_TEXT("the pager's number, in quotes")},
			[WARD_DETAIL_BEEPS] = {WARD_DETAIL_MAY, is_digit, WARD_TEXT("beep coding"),
				WARD_TEXT("a digit")},
			[WARD_DETAIL_STATION] = {WARD_DETAIL_MAY, is_station, WARD_TEXT("station"),
				"the digit by which the paging system polls Ward, or `control`"},
			[WARD_DETAIL_BAUD] = {WARD_DETAIL_MAY, is_baud, WARD_TEXT("rate"), "9600"},
			[WARD_DETAIL_FRAME] = {WARD_DETAIL_MAY, is_frame, WARD_TEXT("frame"),
				"8n1 or 7e1"}},
		wrong_line},
	[WARD_CHANNEL_TICKET] = {is_http, without_token, WARD_TEXT("address of a ticket system"),
		"https://HOST[:PORT]/", WARD_SECRET_ALWAYS, 1, WARD_SECRET_MAX, true,
		{[WARD_DETAIL_SYSTEM] = {WARD_DETAIL_MUST, ward_ticket_is_system,
			 WARD_TEXT("ticket system"),
			 "servicenow, glpi, topdesk, or the name of a file in the folder "
			 "`tickets`"},
			[WARD_DETAIL_USER] = {WARD_DETAIL_MAY, is_ticket_user,
				WARD_TEXT("name to log in with"),
				WARD_TEXT("at most 512 characters")}},
		NULL},
	[WARD_CHANNEL_SIP] = {is_telephone, all_of_it, WARD_TEXT("number of a telephone"),
		"\"NUMBER@HOST\" or \"NUMBER@HOST:PORT\", HOST being the exchange",
		WARD_SECRET_OF_USER, 1, WARD_SECRET_MAX, false,
		{[WARD_DETAIL_USER] = {WARD_DETAIL_MAY, is_exchange_user,
			 WARD_TEXT("name to log in with"),
			 "at most 64 characters, without quotes and backslashes"},
			[WARD_DETAIL_FROM] = {WARD_DETAIL_MAY, ward_sip_is_user,
				WARD_TEXT("number of Ward's own"),
				WARD_TEXT("the extension that the exchange gave it")},
			[WARD_DETAIL_CALLS_END] = {WARD_DETAIL_MAY, is_yes_or_no,
				WARD_TEXT("answer"), WARD_TEXT("yes or no")}},
		NULL},
	[WARD_CHANNEL_SYSLOG] = {is_syslog, without_token, WARD_TEXT("address of a syslog server"),
		"tls://HOST[:PORT], or udp:// for heads of the ledger", WARD_SECRET_FREE, 1,
		WARD_SECRET_MAX, true,
		{[WARD_DETAIL_CLIENT_CERTIFICATE] = {WARD_DETAIL_MAY, is_file, WARD_TEXT("file"),
			 WARD_TEXT("the name of a PEM file")},
			[WARD_DETAIL_CLIENT_KEY] = {WARD_DETAIL_MAY, is_file, WARD_TEXT("file"),
				WARD_TEXT("the name of a PEM file")}},
		NULL},
	[WARD_CHANNEL_PLAYED] = {is_played, all_of_it, WARD_TEXT("way that is played"),
		"the way that it stands for, as a pager", WARD_SECRET_NEVER, 1, WARD_SECRET_MAX,
		false, {{WARD_DETAIL_NONE, NULL, NULL, NULL}}, NULL},
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

bool ward_detail_is_file(enum ward_detail d)
{
	return d == WARD_DETAIL_CLIENT_CERTIFICATE || d == WARD_DETAIL_CLIENT_KEY;
}
