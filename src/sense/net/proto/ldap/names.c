#include "sense/net/proto/ldap/ldap.h"

const char *ward_ldap_op_name(uint8_t op)
{
	static const struct {
		uint8_t op;
		const char *name;
	} names[] = {
		{WARD_LDAP_BIND, "bind"},
		{WARD_LDAP_UNBIND, "unbind"},
		{WARD_LDAP_SEARCH, "search"},
		{WARD_LDAP_MODIFY, "modify"},
		{WARD_LDAP_ADD, "add"},
		{WARD_LDAP_DELETE, "delete"},
		{WARD_LDAP_MODIFY_DN, "modify_dn"},
		{WARD_LDAP_COMPARE, "compare"},
		{WARD_LDAP_ABANDON, "abandon"},
		{WARD_LDAP_EXTENDED, "extended"},
	};

	for (size_t i = 0; i < WARD_ARRAY_LEN(names); i++)
		if (names[i].op == op)
			return names[i].name;
	return NULL;
}

/* A.1; 118 to 122: RFC 3909, RFC 4528, RFC 4370 */
const char *ward_ldap_result_name(int32_t result)
{
	static const char *const name[] = {
		[0] = "success",
		[1] = "operationsError",
		[2] = "protocolError",
		[3] = "timeLimitExceeded",
		[4] = "sizeLimitExceeded",
		[5] = "compareFalse",
		[6] = "compareTrue",
		[7] = "authMethodNotSupported",
		[8] = "strongerAuthRequired",
		[10] = "referral",
		[11] = "adminLimitExceeded",
		[12] = "unavailableCriticalExtension",
		[13] = "confidentialityRequired",
		[14] = "saslBindInProgress",
		[16] = "noSuchAttribute",
		[17] = "undefinedAttributeType",
		[18] = "inappropriateMatching",
		[19] = "constraintViolation",
		[20] = "attributeOrValueExists",
		[21] = "invalidAttributeSyntax",
		[32] = "noSuchObject",
		[33] = "aliasProblem",
		[34] = "invalidDNSyntax",
		[36] = "aliasDereferencingProblem",
		[48] = "inappropriateAuthentication",
		[49] = "invalidCredentials",
		[50] = "insufficientAccessRights",
		[51] = "busy",
		[52] = "unavailable",
		[53] = "unwillingToPerform",
		[54] = "loopDetect",
		[64] = "namingViolation",
		[65] = "objectClassViolation",
		[66] = "notAllowedOnNonLeaf",
		[67] = "notAllowedOnRDN",
		[68] = "entryAlreadyExists",
		[69] = "objectClassModsProhibited",
		[71] = "affectsMultipleDSAs",
		[80] = "other",
		[118] = "canceled",
		[119] = "noSuchOperation",
		[120] = "tooLate",
		[121] = "cannotCancel",
		[122] = "assertionFailed",
		[123] = "authorizationDenied",
	};

	return result >= 0 && (size_t)result < WARD_ARRAY_LEN(name) ? name[result] : NULL;
}

const char *ward_ldap_extended_name(struct ward_slice oid)
{
	static const struct {
		const char *oid, *name;
	} known[] = {
		{WARD_LDAP_START_TLS, "start_tls"},                    /* RFC 4511 4.14 */
		{"1.3.6.1.4.1.1466.20036", "notice_of_disconnection"}, /* 4.4.1 */
		{"1.3.6.1.4.1.4203.1.11.1", "modify_password"},        /* RFC 3062 */
		{"1.3.6.1.4.1.4203.1.11.3", "who_am_i"},               /* RFC 4532 */
		{"1.3.6.1.1.8", "cancel"},                             /* RFC 3909 */
		{"1.3.6.1.4.1.1466.101.119.1", "refresh"},             /* RFC 2589 */
		{"1.2.840.113556.1.4.1781", "fast_bind"},              /* MS-ADTS 3.1.1.3.4.2 */
		{"1.2.840.113556.1.4.2212", "batch_request"},
	};

	for (size_t i = 0; i < WARD_ARRAY_LEN(known); i++)
		if (ward_str_eqz(ward_slice_text(oid), known[i].oid))
			return known[i].name;
	return NULL;
}
