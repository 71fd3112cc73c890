/* SOAP 1.2 requests to an ONVIF device: what is asked, and who asks (WS-Addressing, and the
 * UsernameToken of WS-Security with a password digest). Writes only; pure but for OpenSSL's SHA-1.
 */
#ifndef WARD_SENSE_ONVIF_SOAP_H
#define WARD_SENSE_ONVIF_SOAP_H

#include "base/clock.h"
#include "base/err.h"
#include "base/wr.h"

/* X(NAME, "action") of the requests that are sent; ONVIF Core, Media, Media2, Recording Search,
 * Replay Control, Door Control, Access Control; WS-BaseNotification */
#define WARD_SOAP_LIST(X)                                                                \
	X(CLOCK, "http://www.onvif.org/ver10/device/wsdl/GetSystemDateAndTime")          \
	X(SERVICES, "http://www.onvif.org/ver10/device/wsdl/GetServices")                \
	X(CAPABILITIES, "http://www.onvif.org/ver10/device/wsdl/GetCapabilities")        \
	X(PROFILES, "http://www.onvif.org/ver10/media/wsdl/GetProfiles")                 \
	X(PROFILES2, "http://www.onvif.org/ver20/media/wsdl/GetProfiles")                \
	X(STREAM, "http://www.onvif.org/ver10/media/wsdl/GetStreamUri")                  \
	X(STREAM2, "http://www.onvif.org/ver20/media/wsdl/GetStreamUri")                 \
	X(SEARCH, "http://www.onvif.org/ver10/search/wsdl/FindRecordings")               \
	X(RESULTS, "http://www.onvif.org/ver10/search/wsdl/GetRecordingSearchResults")   \
	X(REPLAY, "http://www.onvif.org/ver10/replay/wsdl/GetReplayUri")                 \
	X(DOORS, "http://www.onvif.org/ver10/doorcontrol/wsdl/"                          \
		 "GetDoorInfoList")                                                      \
	X(READERS, "http://www.onvif.org/ver10/accesscontrol/wsdl/"                      \
		   "GetAccessPointInfoList")                                             \
	X(SUBSCRIBE, "http://www.onvif.org/ver10/events/wsdl/EventPortType/"             \
		     "CreatePullPointSubscriptionRequest")                               \
	X(PULL, "http://www.onvif.org/ver10/events/wsdl/PullPointSubscription/"          \
		"PullMessagesRequest")                                                   \
	X(RENEW, "http://docs.oasis-open.org/wsn/bw-2/SubscriptionManager/RenewRequest") \
	X(UNSUBSCRIBE, "http://docs.oasis-open.org/wsn/bw-2/SubscriptionManager/"        \
		       "UnsubscribeRequest")

enum ward_soap_ask {
#define X(NAME, action) WARD_SOAP_##NAME,
	WARD_SOAP_LIST(X)
#undef X
		WARD_SOAP_N,
};

enum { WARD_SOAP_REFS = 4 };

/* What a subscription wants to be called by: sent back with each request to it. */
struct ward_soap_ref {
	struct ward_str ns, name, text;
};

struct ward_soap {
	enum ward_soap_ask ask;
	struct ward_str to; /* empty: none is said */
	const struct ward_soap_ref *ref;
	size_t n_ref;
	const char *user, *password; /* user NULL: nobody's */
	ward_ns created;             /* by the device's clock */
	uint8_t nonce[16], id[16];   /* random */
	/* STREAM, STREAM2: the profile's; RESULTS: the search's; REPLAY: the recording's;
	 * DOORS, READERS: where the list goes on; empty: it begins */
	struct ward_str token;
	/* SUBSCRIBE, RENEW, SEARCH: for how long; PULL, RESULTS: wait so long */
	unsigned seconds;
	unsigned messages; /* PULL, RESULTS, DOORS, READERS: at most */
};

/* The whole envelope. IO: OpenSSL has no SHA-1. */
WARD_MUST_CHECK enum ward_err ward_soap_write(const struct ward_soap *s, struct ward_wr *w);
/* As text between tags, or in quotes. */
void ward_soap_escape(struct ward_wr *w, struct ward_str s);

#endif
