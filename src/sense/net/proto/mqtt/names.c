#include "sense/net/proto/mqtt/mqtt.h"

const char *ward_netmqtt_version_name(unsigned version)
{
	static const char *const name[] = {[3] = "3.1", [4] = "3.1.1", [5] = "5.0"};

	return version < WARD_ARRAY_LEN(name) ? name[version] : NULL;
}

/* 5.0, 2.4 */
const char *ward_netmqtt_code_name(unsigned code)
{
	static const char *const name[] = {
		[0x00] = "success",
		[0x01] = "granted-qos-1",
		[0x02] = "granted-qos-2",
		[0x04] = "disconnect-with-will-message",
		[0x10] = "no-matching-subscribers",
		[0x11] = "no-subscription-existed",
		[0x18] = "continue-authentication",
		[0x19] = "re-authenticate",
		[0x80] = "unspecified-error",
		[0x81] = "malformed-packet",
		[0x82] = "protocol-error",
		[0x83] = "implementation-specific-error",
		[0x84] = "unsupported-protocol-version",
		[0x85] = "client-identifier-not-valid",
		[0x86] = "bad-user-name-or-password",
		[0x87] = "not-authorized",
		[0x88] = "server-unavailable",
		[0x89] = "server-busy",
		[0x8a] = "banned",
		[0x8b] = "server-shutting-down",
		[0x8c] = "bad-authentication-method",
		[0x8d] = "keep-alive-timeout",
		[0x8e] = "session-taken-over",
		[0x8f] = "topic-filter-invalid",
		[0x90] = "topic-name-invalid",
		[0x91] = "packet-identifier-in-use",
		[0x92] = "packet-identifier-not-found",
		[0x93] = "receive-maximum-exceeded",
		[0x94] = "topic-alias-invalid",
		[0x95] = "packet-too-large",
		[0x96] = "message-rate-too-high",
		[0x97] = "quota-exceeded",
		[0x98] = "administrative-action",
		[0x99] = "payload-format-invalid",
		[0x9a] = "retain-not-supported",
		[0x9b] = "qos-not-supported",
		[0x9c] = "use-another-server",
		[0x9d] = "server-moved",
		[0x9e] = "shared-subscriptions-not-supported",
		[0x9f] = "connection-rate-exceeded",
		[0xa0] = "maximum-connect-time",
		[0xa1] = "subscription-identifiers-not-supported",
		[0xa2] = "wildcard-subscriptions-not-supported",
	};

	return code < WARD_ARRAY_LEN(name) ? name[code] : NULL;
}

/* 3.1.1, 3.2.2.3 */
const char *ward_netmqtt_connack_name(unsigned version, unsigned code)
{
	static const char *const name[] = {
		"accepted",
		"unacceptable-protocol-version",
		"identifier-rejected",
		"server-unavailable",
		"bad-user-name-or-password",
		"not-authorized",
	};

	if (version == 5)
		return ward_netmqtt_code_name(code);
	return code < WARD_ARRAY_LEN(name) ? name[code] : NULL;
}

bool ward_netmqtt_all(struct ward_str filter)
{
	if (ward_str_starts(filter, WARD_STR("$share/"))) {
		(void)ward_str_cut(&filter, '/');
		(void)ward_str_cut(&filter, '/');
	}
	while (ward_str_starts(filter, WARD_STR("+/")))
		filter = ward_str_sub(filter, 2, filter.len);
	return ward_str_eqz(filter, "#");
}
