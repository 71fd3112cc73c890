#include "sense/onvif/soap.h"

#include <openssl/evp.h>
#include <sodium.h>
#include <string.h>

enum { TIME_LEN = 40, BASE64_LEN = 64, SECRET_MAX = 16 + TIME_LEN + 256 };

static const char *const actions[] = {
#define X(NAME, action) action,
	WARD_SOAP_LIST(X)
#undef X
};

void ward_soap_escape(struct ward_wr *w, struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++)
		switch (s.p[i]) {
		case '&':
			ward_wr_z(w, "&amp;");
			break;
		case '<':
			ward_wr_z(w, "&lt;");
			break;
		case '>':
			ward_wr_z(w, "&gt;");
			break;
		case '"':
			ward_wr_z(w, "&quot;");
			break;
		default:
			ward_wr_ch(w, s.p[i]);
		}
}

static void tag(struct ward_wr *w, const char *name, struct ward_str text)
{
	ward_wr_printf(w, "<%s>", name);
	ward_soap_escape(w, text);
	ward_wr_printf(w, "</%s>", name);
}

static void base64(struct ward_wr *w, const uint8_t *p, size_t n)
{
	char text[BASE64_LEN];

	WARD_ASSERT(sodium_base64_ENCODED_LEN(n, sodium_base64_VARIANT_ORIGINAL) <= sizeof(text));
	ward_wr_z(w, sodium_bin2base64(text, sizeof(text), p, n, sodium_base64_VARIANT_ORIGINAL));
}

/* WS-Security UsernameToken Profile 1.0, 3.1: Base64 (SHA-1 (nonce + created + password)) */
static enum ward_err security(const struct ward_soap *s, struct ward_wr *w)
{
	uint8_t secret[SECRET_MAX], sum[EVP_MAX_MD_SIZE], time[TIME_LEN];
	struct ward_wr t = ward_wr_fixed(time, sizeof(time)),
		       x = ward_wr_fixed(secret, sizeof(secret));
	size_t n = 0;

	ward_time_write(&t, s->created - s->created % WARD_NS_PER_MS);
	ward_wr_bytes(&x, s->nonce, sizeof(s->nonce));
	ward_wr_str(&x, ward_wr_text(&t));
	ward_wr_z(&x, s->password ? s->password : "");
	bool ok = !ward_wr_bad(&x) && EVP_Q_digest(NULL, "SHA1", NULL, secret, x.len, sum, &n) == 1;

	ward_wipe(secret, sizeof(secret));
	if (!ok)
		return WARD_ERR_IO;
	ward_wr_z(w,
		"<wsse:Security s:mustUnderstand=\"1\" xmlns:wsse=\"http://docs.oasis-open.org/wss/"
		"2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd\" xmlns:wsu=\""
		"http://docs.oasis-open.org/wss/2004/01/"
		"oasis-200401-wss-wssecurity-utility-1.0.xsd\"><wsse:UsernameToken>");
	tag(w, "wsse:Username", ward_str_z(s->user));
	ward_wr_z(w, "<wsse:Password Type=\"http://docs.oasis-open.org/wss/2004/01/"
		     "oasis-200401-wss-username-token-profile-1.0#PasswordDigest\">");
	base64(w, sum, n);
	ward_wr_z(w,
		"</wsse:Password><wsse:Nonce EncodingType=\"http://docs.oasis-open.org/wss/2004/"
		"01/oasis-200401-wss-soap-message-security-1.0#Base64Binary\">");
	base64(w, s->nonce, sizeof(s->nonce));
	ward_wr_z(w, "</wsse:Nonce>");
	tag(w, "wsu:Created", ward_wr_text(&t));
	ward_wr_z(w, "</wsse:UsernameToken></wsse:Security>");
	return WARD_OK;
}

/* Names of elements come from the device: only what is one is written. */
static bool is_name(struct ward_str s)
{
	for (size_t i = 0; i < s.len; i++) {
		char c = s.p[i];
		bool letter = ((c | 0x20) >= 'a' && (c | 0x20) <= 'z') || c == '_';

		if (!letter && (!i || !((c >= '0' && c <= '9') || c == '-' || c == '.')))
			return false;
	}
	return s.len != 0;
}

static enum ward_err head(const struct ward_soap *s, struct ward_wr *w)
{
	enum ward_err err = WARD_OK;

	ward_wr_z(w, "<s:Header>");
	tag(w, "wsa:Action", ward_str_z(actions[s->ask]));
	ward_wr_z(w, "<wsa:MessageID>urn:uuid:");
	for (size_t i = 0; i < sizeof(s->id); i++)
		ward_wr_printf(w, i == 4 || i == 6 || i == 8 || i == 10 ? "-%02x" : "%02x",
			i == 6   ? 0x40 | (s->id[i] & 0xf)
			: i == 8 ? 0x80 | (s->id[i] & 0x3f)
				 : s->id[i]);
	ward_wr_z(w,
		"</wsa:MessageID><wsa:ReplyTo><wsa:Address>http://www.w3.org/2005/08/addressing/"
		"anonymous</wsa:Address></wsa:ReplyTo>");
	if (s->to.len)
		tag(w, "wsa:To", s->to);
	for (size_t i = 0; i < s->n_ref; i++) {
		const struct ward_soap_ref *r = &s->ref[i];

		if (!is_name(r->name))
			continue;
		ward_wr_printf(w, "<r:%.*s wsa:IsReferenceParameter=\"true\" xmlns:r=\"",
			WARD_STR_ARG(r->name));
		ward_soap_escape(w, r->ns);
		ward_wr_z(w, "\">");
		ward_soap_escape(w, r->text);
		ward_wr_printf(w, "</r:%.*s>", WARD_STR_ARG(r->name));
	}
	if (s->user)
		err = security(s, w);
	ward_wr_z(w, "</s:Header>");
	return err;
}

#define SETUP                                                                             \
	"<tt:Stream>RTP-Unicast</tt:Stream><tt:Transport><tt:Protocol>RTSP</tt:Protocol>" \
	"</tt:Transport>"

#define FURTHER(SERVICE) "<" SERVICE ":StartReference>%t</" SERVICE ":StartReference>"

/* %t: the token; %s: seconds; %m: messages; [ … ]: only where there is a token. */
static const char *const bodies[WARD_SOAP_N] = {
	[WARD_SOAP_CLOCK] = "<tds:GetSystemDateAndTime/>",
	[WARD_SOAP_SERVICES] =
		"<tds:GetServices><tds:IncludeCapability>false</tds:IncludeCapability>"
		"</tds:GetServices>",
	[WARD_SOAP_CAPABILITIES] =
		"<tds:GetCapabilities><tds:Category>All</tds:Category></tds:GetCapabilities>",
	[WARD_SOAP_PROFILES] = "<trt:GetProfiles/>",
	[WARD_SOAP_PROFILES2] =
		"<tr2:GetProfiles><tr2:Type>VideoSource</tr2:Type><tr2:Type>VideoEncoder</tr2:Type>"
		"</tr2:GetProfiles>",
	[WARD_SOAP_STREAM] = "<trt:GetStreamUri><trt:StreamSetup>" SETUP "</trt:StreamSetup>"
			     "<trt:ProfileToken>%t</trt:ProfileToken></trt:GetStreamUri>",
	[WARD_SOAP_STREAM2] = "<tr2:GetStreamUri><tr2:Protocol>RTSP</tr2:Protocol>"
			      "<tr2:ProfileToken>%t</tr2:ProfileToken></tr2:GetStreamUri>",
	[WARD_SOAP_SEARCH] =
		"<tse:FindRecordings><tse:Scope/><tse:KeepAliveTime>PT%sS</tse:KeepAliveTime>"
		"</tse:FindRecordings>",
	[WARD_SOAP_RESULTS] =
		"<tse:GetRecordingSearchResults><tse:SearchToken>%t</tse:SearchToken>"
		"<tse:MaxResults>%m</tse:MaxResults><tse:WaitTime>PT%sS</tse:WaitTime>"
		"</tse:GetRecordingSearchResults>",
	[WARD_SOAP_REPLAY] = "<trp:GetReplayUri><trp:StreamSetup>" SETUP "</trp:StreamSetup>"
			     "<trp:RecordingToken>%t</trp:RecordingToken></trp:GetReplayUri>",
	[WARD_SOAP_DOORS] = "<tdc:GetDoorInfoList><tdc:Limit>%m</tdc:Limit>[" FURTHER(
		"tdc") "]"
		       "</tdc:GetDoorInfoList>",
	[WARD_SOAP_READERS] = "<tac:GetAccessPointInfoList><tac:Limit>%m</tac:Limit>[" FURTHER(
		"tac") "]</tac:GetAccessPointInfoList>",
	[WARD_SOAP_SUBSCRIBE] = "<tev:CreatePullPointSubscription><tev:InitialTerminationTime>PT%sS"
				"</tev:InitialTerminationTime></tev:CreatePullPointSubscription>",
	[WARD_SOAP_PULL] = "<tev:PullMessages><tev:Timeout>PT%sS</tev:Timeout><tev:MessageLimit>%m"
			   "</tev:MessageLimit></tev:PullMessages>",
	[WARD_SOAP_RENEW] =
		"<wsnt:Renew><wsnt:TerminationTime>PT%sS</wsnt:TerminationTime></wsnt:Renew>",
	[WARD_SOAP_UNSUBSCRIBE] = "<wsnt:Unsubscribe/>",
};

static void body(const struct ward_soap *s, struct ward_wr *w)
{
	for (const char *p = bodies[s->ask]; *p; p++) {
		if (*p == '[' && !s->token.len)
			p = strchr(p, ']');
		if (*p == '[' || *p == ']')
			continue;
		if (*p != '%') {
			ward_wr_ch(w, *p);
			continue;
		}
		p++;
		if (*p == 't')
			ward_soap_escape(w, s->token);
		else
			ward_wr_printf(w, "%u", *p == 's' ? s->seconds : s->messages);
	}
}

enum ward_err ward_soap_write(const struct ward_soap *s, struct ward_wr *w)
{
	ward_wr_z(w, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		     "<s:Envelope xmlns:s=\"http://www.w3.org/2003/05/soap-envelope\" "
		     "xmlns:wsa=\"http://www.w3.org/2005/08/addressing\" "
		     "xmlns:wsnt=\"http://docs.oasis-open.org/wsn/b-2\" "
		     "xmlns:tds=\"http://www.onvif.org/ver10/device/wsdl\" "
		     "xmlns:tev=\"http://www.onvif.org/ver10/events/wsdl\" "
		     "xmlns:trt=\"http://www.onvif.org/ver10/media/wsdl\" "
		     "xmlns:tr2=\"http://www.onvif.org/ver20/media/wsdl\" "
		     "xmlns:tse=\"http://www.onvif.org/ver10/search/wsdl\" "
		     "xmlns:trp=\"http://www.onvif.org/ver10/replay/wsdl\" "
		     "xmlns:tdc=\"http://www.onvif.org/ver10/doorcontrol/wsdl\" "
		     "xmlns:tac=\"http://www.onvif.org/ver10/accesscontrol/wsdl\" "
		     "xmlns:tt=\"http://www.onvif.org/ver10/schema\">");
	enum ward_err err = head(s, w);

	ward_wr_z(w, "<s:Body>");
	body(s, w);
	ward_wr_z(w, "</s:Body></s:Envelope>");
	return err;
}
