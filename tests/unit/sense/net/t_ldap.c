#include "bytes.h"
#include "ber_make.h"
#include "proto_lab.h"

#include "sense/net/proto/ldap/event.h"
#include "sense/net/proto/dissectors.h"

#define MSG(id, op) "30( 02=" id " " op ")"
#define BIND(id, dn, auth) MSG(id, "60( 02=3 04'" dn "' " auth ")")
#define SIMPLE(password) "80'" password "'"
#define SASL(mechanism, credentials) "a3( 04'" mechanism "' 04" credentials " )"
#define RESULT(id, op, code) MSG(id, op "( 0a=" code " 04'' 04'' )")
#define SEARCH(id, base, filter, attributes) \
	MSG(id, "63( 04'" base "' 0a=2 0a=0 02=0 02=0 01:00 " filter " 30( " attributes " ) )")
#define AVA(name, value) "( 04'" name "' 04'" value "' )"

static struct proto_lab lab;
static struct ber_make bytes;

static int setup(void **state)
{
	(void)state;
	proto_lab_open(&lab, &ward_dissect_ldap);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	proto_lab_close(&lab);
	return 0;
}

static void again(const struct ward_dissector *module)
{
	proto_lab_again(&lab, module);
	proto_lab_forget(&lab);
	lab.frame.time = 1000;
}

static enum ward_verdict feed(unsigned side, const char *notation)
{
	return proto_lab_feed(&lab, side, ber_make(&bytes, notation), false);
}

static void expect_told(const char *what, size_t n)
{
	if (proto_lab_seen(&lab, what) != n)
		fail_msg("not %zu times: %s in\n%.*s", n, what,
			WARD_STR_ARG(ward_wr_text(&lab.out)));
}

static void test_simple_bind(void **state)
{
	(void)state;
	again(&ward_dissect_ldap);
	assert_int_equal(
		feed(0, BIND("1", "cn=anna,dc=example,dc=org", SIMPLE("s3cret"))), WARD_VERDICT_OK);
	expect_told("net.ldap", 0);
	lab.frame.time = 5000;
	assert_int_equal(
		feed(1, MSG("1", "61( 0a=49 04'' 04'80090308: LdapErr: DSID-0C09044E, comment: "
				 "AcceptSecurityContext error, data 52e, v2580' )")),
		WARD_VERDICT_OK);
	expect_told("\"class\":\"net.ldap.bind\"", 1);
	expect_told("\"src_ip\":\"10.0.0.1\"", 2);
	expect_told("\"ldap.message_id\":1,\"ldap.operation\":\"bind\",\"ldap.version\":3,"
		    "\"ldap.auth\":\"simple\",\"user\":\"cn=anna,dc=example,dc=org\","
		    "\"ldap.result\":\"invalidCredentials\",\"ldap.result_code\":49,"
		    "\"ldap.ad_error\":\"52e\",\"ldap.outcome\":\"error\",\"ldap.latency_ns\":4000",
		1);
	expect_told("\"login.method\":\"password\",\"login.outcome\":\"failed\","
		    "\"login.cleartext\":true",
		1);
	(void)feed(0, BIND("2", "cn=anna", SIMPLE("s3cret")));
	(void)feed(1, RESULT("2", "61", "0"));
	expect_told("\"login.outcome\":\"ok\",\"login.cleartext\":true", 1);
	(void)feed(0, BIND("3", "", SIMPLE("")));
	(void)feed(1, RESULT("3", "61", "0"));
	expect_told("\"login.method\":\"anonymous\",\"login.outcome\":\"ok\"}", 1);
	(void)feed(0, BIND("4", "cn=anna", SIMPLE("")));
	(void)feed(1, RESULT("4", "61", "53"));
	expect_told("\"login.method\":\"unauthenticated\",\"login.outcome\":\"failed\"}", 1);
	expect_told("s3cret", 0);
}

/* "NTLMSSP", type 3, the user "anna" at 64 */
#define NTLM_3                                                                           \
	":4e544c4d53535000 03000000 0000000000000000 0000000000000000 0000000000000000 " \
	"0800080040000000 0000000000000000 0000000000000000 00000000 61006e006e006100"

static void no_blanks(const char *from, char *to)
{
	while ((*to = *from++))
		to += *to != ' ';
}

static void test_sasl(void **state)
{
	char notation[1024] = "30( 02=1 60( 02=3 04'' a3( 04'GSS-SPNEGO' 04";

	(void)state;
	again(&ward_dissect_ldap);
	(void)feed(0, BIND("1", "", SASL("GSS-SPNEGO", ":60")));
	(void)feed(1, RESULT("1", "61", "14"));
	expect_told("\"ldap.auth\":\"sasl\",\"ldap.sasl_mechanism\":\"GSS-SPNEGO\","
		    "\"ldap.result\":\"saslBindInProgress\",\"ldap.result_code\":14,"
		    "\"ldap.outcome\":\"in_progress\"",
		1);
	expect_told("net.login", 0);
	no_blanks(NTLM_3, notation + strlen(notation));
	(void)snprintf(notation + strlen(notation), sizeof(notation) - strlen(notation), " ) ) )");
	(void)feed(0, notation);
	(void)feed(1, RESULT("1", "61", "0"));
	expect_told("\"user\":\"anna\",\"login.method\":\"ntlm\",\"login.outcome\":\"ok\"}", 1);
	(void)feed(0, BIND("2", "", SASL("PLAIN", ":00616e6e6100733363726574")));
	(void)feed(1, RESULT("2", "61", "0"));
	expect_told("\"user\":\"anna\",\"login.method\":\"password\",\"login.outcome\":\"ok\","
		    "\"login.cleartext\":true",
		1);
	(void)feed(0, BIND("3", "bert", "8b:01"));
	(void)feed(1, RESULT("3", "61", "0"));
	expect_told("\"ldap.auth\":\"sicily_response\",\"user\":\"bert\"", 1);
	(void)feed(0, BIND("4", "", SASL("OTHER", ":60")));
	(void)feed(1, RESULT("4", "61", "0"));
	expect_told("\"login.method\":\"sasl\"", 1);
}

/* After SASL: sealed buffers are passed over, signed ones read. */
static void test_security_layer(void **state)
{
	static const uint8_t sealed[] = {0, 0, 0, 0x20, 5, 4, 6, 0xff, 0, 0, 0, 0x1c};
	uint8_t buffer[256] = {0, 0, 0, 0, 5, 4, 4, 0xff, 0, 12, 0, 12};
	struct ward_slice m;

	(void)state;
	again(&ward_dissect_ldap);
	(void)feed(0, BIND("1", "", SASL("GSSAPI", ":60")));
	(void)feed(1, RESULT("1", "61", "0"));
	assert_int_equal(proto_lab_feed(&lab, 0, ward_slice_of(sealed, sizeof(sealed)), false),
		WARD_VERDICT_MORE);
	(void)proto_lab_feed(&lab, 0, ward_slice_of(buffer + 40, 24), false);
	expect_told("\"class\":\"net.ldap.security_layer\"", 1);
	/* behind the head and a checksum of 12 bytes */
	m = ber_make(&bytes, SEARCH("2", "", "87'objectClass'", ""));
	memcpy(buffer + 4 + 28, m.p, m.len);
	buffer[3] = (uint8_t)(28 + m.len);
	assert_int_equal(
		proto_lab_feed(&lab, 0, ward_slice_of(buffer, 32 + m.len), false), WARD_VERDICT_OK);
	/* NTLM: behind 16 bytes of signature */
	memset(buffer, 0, sizeof(buffer));
	buffer[4] = 1;
	m = ber_make(&bytes, RESULT("2", "65", "0"));
	memcpy(buffer + 4 + 16, m.p, m.len);
	buffer[3] = (uint8_t)(16 + m.len);
	assert_int_equal(
		proto_lab_feed(&lab, 1, ward_slice_of(buffer, 20 + m.len), false), WARD_VERDICT_OK);
	expect_told("\"class\":\"net.ldap.search\"", 1);
	expect_told("security_layer", 1);
	memset(buffer, 0xff, 8);
	assert_int_equal(
		proto_lab_feed(&lab, 1, ward_slice_of(buffer, 8), false), WARD_VERDICT_MALFORMED);
	assert_int_equal(lab.d.reason, WARD_LDAP_BAD_SECURITY_LAYER);
}

static void test_search(void **state)
{
	(void)state;
	again(&ward_dissect_ldap);
	(void)feed(0,
		"30( 02=5 63( 04'CN=Anna Berg,OU=Staff,DC=example,DC=org' 0a=2 0a=0 02=100 02=0 "
		"01:00 a0( a3" AVA("objectCategory",
			"person") "a9( 81'1.2.840.113556.1.4.803' 82'userAccountControl' "
				  "83'4194304' ) a2( a3" AVA("sAMAccountName",
					  "anna") ") a4( 04'servicePrincipalName' 30( 80'MSSQL' ) "
						  ") "
						  "87'mail' ) 30( 04'cn' 04'servicePrincipalName' "
						  ") ) a0( "
						  "30( 04'1.2.840.113556.1.4.319' 04'x' ) ) )");
	(void)feed(
		1, MSG("5", "64( 04'CN=Anna Berg,DC=example' 30( 30( 04'cn' 31( 04'Anna' ) ) ) )"));
	(void)feed(1, MSG("5", "73( 04'ldap://other' )"));
	(void)feed(1, RESULT("5", "65", "0"));
	expect_told("\"ldap.operation\":\"search\",\"ldap.scope\":\"subtree\","
		    "\"ldap.size_limit\":100,\"ldap.entries\":1,\"ldap.references\":1,"
		    "\"ldap.dn\":\"CN=?,OU=Staff,DC=example,DC=org\","
		    "\"ldap.filter\":\"(&(objectCategory=person)"
		    "(userAccountControl:1.2.840.113556.1.4.803:=4194304)(!(sAMAccountName=?))"
		    "(servicePrincipalName=?*)(mail=*))\","
		    "\"ldap.control\":\"1.2.840.113556.1.4.319\","
		    "\"ldap.attribute\":[\"cn\",\"servicePrincipalName\"],\"ldap.attributes\":2,"
		    "\"ldap.result\":\"success\"",
		1);
	expect_told("nna", 0);
	expect_told("MSSQL", 0);
}

static void test_changes(void **state)
{
	(void)state;
	again(&ward_dissect_ldap);
	(void)feed(0, MSG("1", "66( 04'CN=Anna,CN=Users,DC=x' 30( "
			       "30( 0a=2 30( 04'unicodePwd' 31( 04'geheim' ) ) ) "
			       "30( 0a=0 30( 04'member' 31( 04'CN=Anna' ) ) ) ) )"));
	(void)feed(1, RESULT("1", "67", "50"));
	expect_told("\"class\":\"net.ldap.modify\"", 1);
	expect_told("\"ldap.dn\":\"CN=?,CN=Users,DC=x\",\"ldap.change\":[\"replace\",\"add\"],"
		    "\"ldap.attribute\":[\"unicodePwd\",\"member\"],\"ldap.attributes\":2,"
		    "\"ldap.result\":\"insufficientAccessRights\"",
		1);
	(void)feed(0, MSG("2", "68( 04'CN=PC7,CN=Computers,DC=x' 30( 30( 04'objectClass' 31( "
			       "04'top' 04'computer' ) ) 30( 04'cn' 31( 04'PC7' ) ) ) )"));
	(void)feed(1, RESULT("2", "69", "0"));
	expect_told("\"ldap.object_class\":[\"top\",\"computer\"]", 1);
	(void)feed(0, MSG("3", "4a'CN=Anna,DC=x'"));
	(void)feed(1, RESULT("3", "6b", "10"));
	expect_told("\"class\":\"net.ldap.delete\"", 1);
	expect_told("\"ldap.outcome\":\"referral\"", 1);
	(void)feed(0, MSG("4", "6c( 04'CN=Anna,DC=x' 04'CN=Bert' 01:ff 80'OU=Old,DC=x' )"));
	(void)feed(1, RESULT("4", "6d", "0"));
	expect_told("\"ldap.new_superior\":\"OU=Old,DC=x\"", 1);
	(void)feed(0, MSG("5", "6e( 04'CN=Anna,DC=x' 30" AVA("memberOf", "CN=Bert") ")"));
	(void)feed(1, RESULT("5", "6f", "6"));
	expect_told("\"ldap.attribute\":\"memberOf\",\"ldap.attributes\":1,"
		    "\"ldap.result\":\"compareTrue\",\"ldap.result_code\":6,"
		    "\"ldap.outcome\":\"ok\"",
		1);
	(void)feed(0, MSG("6", "42:"));
	expect_told("\"class\":\"net.ldap.unbind\"", 1);
	expect_told("nna", 0);
	expect_told("Bert", 0);
	expect_told("geheim", 0);
}

static void test_start_tls(void **state)
{
	(void)state;
	again(&ward_dissect_ldap);
	(void)feed(0, MSG("1", "77( 80'1.3.6.1.4.1.1466.20037' )"));
	assert_false(lab.d.handover);
	(void)feed(1, RESULT("1", "78", "52"));
	assert_false(lab.d.handover);
	(void)feed(0, MSG("2", "77( 80'1.3.6.1.4.1.1466.20037' )"));
	(void)feed(1, RESULT("2", "78", "0"));
	assert_true(lab.d.handover);
	expect_told("\"ldap.extended_oid\":\"1.3.6.1.4.1.1466.20037\","
		    "\"ldap.extended\":\"start_tls\"",
		2);
	again(&ward_dissect_ldap);
	(void)feed(1, MSG("0", "78( 0a=52 04'' 04'' 8a'1.3.6.1.4.1.1466.20036' )"));
	expect_told("\"ldap.extended\":\"notice_of_disconnection\",\"ldap.result\":\"unavailable\","
		    "\"ldap.result_code\":52,\"ldap.outcome\":\"unrequested\"",
		1);
	(void)feed(1, MSG("0", "79( )"));
}

static void test_unanswered(void **state)
{
	char text[128];

	(void)state;
	again(&ward_dissect_ldap);
	for (unsigned i = 0; i < WARD_LDAP_PENDING + 1; i++) {
		(void)snprintf(text, sizeof(text), "30( 02=%u 4a'DC=x' )", i);
		(void)feed(0, text);
	}
	expect_told("\"ldap.outcome\":\"unanswered\"", 1);
	(void)feed(0, MSG("20", "50:01"));
	expect_told("\"ldap.message_id\":1,\"ldap.operation\":\"delete\",\"ldap.dn\":\"DC=x\","
		    "\"ldap.outcome\":\"abandoned\"",
		1);
	(void)feed(0, MSG("21", "50:63"));
	(void)feed(1, MSG("90", "73( )"));
	(void)proto_lab_feed(&lab, 0, ward_slice_of(NULL, 0), true);
	expect_told("\"ldap.outcome\":\"unanswered\"", 1); /* the server may still answer */
	(void)proto_lab_feed(&lab, 1, ward_slice_of(NULL, 0), true);
	expect_told("\"ldap.outcome\":\"unanswered\"", 8);
	/* a server that was never heard */
	again(&ward_dissect_ldap);
	(void)feed(0, BIND("1", "cn=anna", SIMPLE("x")));
	(void)proto_lab_feed(&lab, 0, ward_slice_of(NULL, 0), true);
	expect_told("\"ldap.outcome\":\"unanswered\"", 1);
	expect_told("\"login.outcome\":\"unknown\"", 1);
}

static void test_servers(void **state)
{
	(void)state;
	again(&ward_dissect_ldap);
	(void)feed(0, SEARCH("1", "", "87'objectClass'", ""));
	(void)feed(1, MSG("1", "64( 04'' 30( 30( 04'dnsHostName' 31( 04'dc1.example.org' ) ) 30( "
			       "04'supportedSASLMechanisms' 31( 04'GSSAPI' 04'EXTERNAL' ) ) 30( "
			       "04'other' 31( 04'x' ) ) ) )"));
	expect_told("\"class\":\"net.ldap.rootdse\"", 1);
	expect_told("\"src_ip\":\"10.0.0.2\"", 1);
	expect_told("\"ldap.host_name\":\"dc1.example.org\","
		    "\"ldap.supported_sasl_mechanism\":[\"GSSAPI\",\"EXTERNAL\"]",
		1);
	again(&ward_dissect_cldap);
	(void)feed(0,
		SEARCH("1", "",
			"a0( a3" AVA("DnsDomain", "example.org") "a3" AVA("Host", "WS1") "a3" AVA(
				"User", "anna") "a3( 04'NtVer' 04:16000000 ) )",
			"04'NetLogon'"));
	/* 6.3.1.9, names with pointers */
	(void)feed(1, MSG("1", "64( 04'' 30( 30( 04'netlogon' 31( 04:17000000fd33000000000000"
			       "00000000000000000000000007"
			       "6578616d706c65036f726700"
			       "c018"
			       "03646331c018"
			       "044e54444d00"
			       "0344433100"
			       "04616e6e6100"
			       "0442616c6c00"
			       "0442616c6c00 ) ) ) )") RESULT("1", "65", "0"));
	expect_told("\"class\":\"net.ldap.netlogon\"", 1);
	expect_told("\"ldap.dc_flags\":13309,\"ldap.dc_forest\":\"example.org\","
		    "\"ldap.dc_domain\":\"example.org\",\"ldap.dc_host\":\"dc1.example.org\","
		    "\"ldap.dc_netbios_domain\":\"NTDM\",\"ldap.dc_netbios_host\":\"DC1\","
		    "\"ldap.dc_site\":\"Ball\",\"ldap.client_site\":\"Ball\"",
		1);
	expect_told("\"ldap.filter\":\"(&(DnsDomain=example.org)(Host=WS1)(User=?)"
		    "(NtVer=16000000))\"",
		1);
	expect_told("anna", 0);
}

static void test_netlogon_damage(void **state)
{
	static const struct {
		const char *hex;
	} bad[] = {
		{"13000000"},
		{"1300000000000000000000000000000000000000000000000000"},
		{"1700000000000000000000000000000000000000000000000000"},       /* cut */
		{"170000000000000000000000000000000000000000000000c018"},       /* to itself */
		{"170000000000000000000000000000000000000000000000c01a000000"}, /* ahead */
		{"17000000000000000000000000000000000000000000000080"},
		{"1700000000000000000000000000000000000000000000000541"},
	};
	char text[256];

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(bad); i++) {
		struct ward_slice s = unhex(bad[i].hex);
		struct ward_wr w = ward_wr_fixed(text, sizeof(text));
		struct ward_ldap_netlogon got;

		assert_false(ward_ldap_netlogon_of(s, &w, &got));
		bytes_free(s);
	}
}

static void filter_is(const char *notation, const char *want)
{
	struct ward_slice s = ber_make(&bytes, notation);
	struct ward_rd r = ward_rd_slice(s);
	char text[WARD_LDAP_FILTER_TEXT];
	struct ward_wr w = ward_wr_fixed(text, sizeof(text));
	size_t off;

	assert_true(ward_ldap_filter_valid(&r, &off));
	ward_ldap_filter_text(&w, s);
	assert_false(ward_wr_bad(&w));
	if (!ward_str_eqz(ward_wr_text(&w), want))
		fail_msg("%.*s", WARD_STR_ARG(ward_wr_text(&w)));
}

static void test_filters(void **state)
{
	char deep[512] = "", want[256] = "", many[2048] = "a1( ";

	(void)state;
	filter_is("a1( )", "(|)");
	filter_is("a3" AVA("objectClass", "a*(b)"), "(objectClass=a\\2a\\28b\\29)");
	filter_is("a5" AVA("adminCount", "1"), "(adminCount>=1)");
	filter_is("a6" AVA("adminCount", "x"), "(adminCount<=?)");
	filter_is("a8" AVA("cn", "x"), "(cn~=?)");
	filter_is("a4( 04'cn' 30( 80'a' 81'b' 82'c' ) )", "(cn=?*?*?)");
	filter_is("a4( 04'objectClass' 30( 81'b' ) )", "(objectClass=*b*)");
	filter_is("a9( 83'x' )", "(:=?)");
	filter_is("a9( 82'cn' 83'x' 84:ff )", "(cn:=?)");
	for (unsigned i = 0; i < WARD_LDAP_DEPTH + 3; i++) {
		strncat(deep, "a2( ", sizeof(deep) - strlen(deep) - 1);
		if (i + 1 < WARD_LDAP_DEPTH)
			strncat(want, "(!", sizeof(want) - strlen(want) - 1);
	}
	strncat(want, "(...)", sizeof(want) - strlen(want) - 1);
	for (unsigned i = 0; i < WARD_LDAP_DEPTH + 3; i++) {
		strncat(deep, ") ", sizeof(deep) - strlen(deep) - 1);
		if (i + 1 < WARD_LDAP_DEPTH)
			strncat(want, ")", sizeof(want) - strlen(want) - 1);
	}
	filter_is(deep, want);
	for (unsigned i = 0; i < 40; i++)
		strncat(many, "87'objectClass' ", sizeof(many) - strlen(many) - 1);
	strncat(many, ")", sizeof(many) - strlen(many) - 1);
	struct ward_slice s = ber_make(&bytes, many);
	struct ward_wr w = ward_wr_fixed(want, sizeof(want));

	ward_ldap_filter_text(&w, s);
	assert_true(w.len <= WARD_LDAP_FILTER_TEXT);
	assert_true(ward_str_ends(ward_wr_text(&w), WARD_STR("...")));
}

static void test_names(void **state)
{
	static const struct {
		const char *dn, *want;
	} sample[] = {
		{"", ""},
		{"Anna", "=?"},
		{"cn=A\\,B , ou = X,dc=y", "cn=?,ou=X,dc=y"},
		{"CN=Domain Admins,CN=Users,DC=y", "CN=Domain Admins,CN=Users,DC=y"},
		{"<SID=S-1-5>", "<SID=?"},
		{"ou=aaaaaaaaaaaaaaaaaaaa,ou=bbbbbbbbbbbbbbbbbbbbbbbb",
			"ou=aaaaaaaaaaaaaaaaaaaa..."},
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(sample); i++) {
		char text[64];
		struct ward_wr w = ward_wr_fixed(text, sizeof(text));

		ward_ldap_dn_text(&w, ward_slice_of(sample[i].dn, strlen(sample[i].dn)), 45);
		if (!ward_str_eqz(ward_wr_text(&w), sample[i].want))
			fail_msg("%.*s", WARD_STR_ARG(ward_wr_text(&w)));
	}
	assert_null(ward_ldap_result_name(9));
	assert_null(ward_ldap_result_name(-1));
	assert_null(ward_ldap_op_name(WARD_LDAP_ENTRY));
}

static void test_reasons(void **state)
{
	static const struct {
		const char *notation;
		enum ward_ldap_reason reason;
	} sample[] = {
		{"31( 02=1 )", WARD_LDAP_BAD_MESSAGE},
		{"30( 04=1 42: 04'0123456789' )", WARD_LDAP_BAD_ID},
		{"30( 02=1 41: )", WARD_LDAP_BAD_OP},
		{"30( 02=1 )", WARD_LDAP_BAD_OP},
		{"30( 02=1 50: )", WARD_LDAP_BAD_OP},
		{MSG("1", "60( 02=0 )"), WARD_LDAP_BAD_BIND},
		{BIND("1", "", "81'x'"), WARD_LDAP_BAD_BIND},
		{MSG("1", "61( 02=0 )"), WARD_LDAP_BAD_RESULT},
		{MSG("1", "63( 04'' 0a=4 )"), WARD_LDAP_BAD_SEARCH},
		{SEARCH("1", "", "80'x'", ""), WARD_LDAP_BAD_FILTER},
		{SEARCH("1", "", "a3( 04'x' )", ""), WARD_LDAP_BAD_FILTER},
		{SEARCH("1", "", "87'x'", "02=1"), WARD_LDAP_BAD_SEARCH},
		{MSG("1", "64( 04'' 30( 30( 04'x' ) ) )"), WARD_LDAP_BAD_ENTRY},
		{MSG("1", "66( 04'' 30( 30( 0a=7 ) ) )"), WARD_LDAP_BAD_CHANGE},
		{MSG("1", "68( 04'' 02=1 )"), WARD_LDAP_BAD_CHANGE},
		{MSG("1", "6c( 04'' )"), WARD_LDAP_BAD_CHANGE},
		{MSG("1", "6e( 04'' )"), WARD_LDAP_BAD_CHANGE},
		{MSG("1", "77( 04'' )"), WARD_LDAP_BAD_EXTENDED},
		{MSG("1", "42: a0( 02=1 )"), WARD_LDAP_BAD_CONTROLS},
	};
	bool met[WARD_LDAP_REASON_N] = {[WARD_LDAP_BAD_SECURITY_LAYER] = true}; /* above */

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(sample); i++) {
		again(&ward_dissect_ldap);
		assert_int_equal(feed(0, sample[i].notation), WARD_VERDICT_MALFORMED);
		if (lab.d.reason != sample[i].reason)
			fail_msg("%s: reason %zu at %zu", sample[i].notation, lab.d.reason,
				lab.d.off);
		met[lab.d.reason] = true;
	}
	for (size_t i = 0; i < WARD_LDAP_REASON_N; i++)
		assert_true(met[i]);
}

static void test_long_messages(void **state)
{
	uint8_t head[] = {0x30, 0x84, 0, 0x10, 0, 0, 2, 1, 1, 0x64};
	const size_t size = 6 + (1 << 20);

	(void)state;
	again(&ward_dissect_ldap);
	(void)feed(0, SEARCH("1", "", "87'x'", ""));
	(void)proto_lab_feed(&lab, 1, ward_slice_of(head, sizeof(head)), false);
	assert_int_equal(lab.d.used, size);
	head[9] = 0x68;
	again(&ward_dissect_ldap);
	(void)proto_lab_feed(&lab, 0, ward_slice_of(head, sizeof(head)), false);
	assert_int_equal(lab.d.used, size);
}

static void test_probe_and_gap(void **state)
{
	static const char *const not [] = {
		"30( 02=1 04'public' a0( ) )",
		"30( 02=-1 42: )",
		"30( 02=1 63( 04'x' ) )",
		"04'x'",
	};

	(void)state;
	for (size_t i = 0; i < WARD_ARRAY_LEN(not ); i++)
		assert_false(ward_dissect_ldap.probe_stream(ber_make(&bytes, not [i])) ==
			     WARD_PROBE_YES);
	assert_false(ward_dissect_ldap.probe_stream(ward_slice_of(NULL, 0)) == WARD_PROBE_YES);
	assert_true(ward_dissect_ldap.probe_stream(
			    ber_make(&bytes, MSG("1", "42:") MSG("2", "42:"))) == WARD_PROBE_YES);
	again(&ward_dissect_ldap);
	assert_false(proto_lab_gap(&lab, 0, 5));
	again(&ward_dissect_ldap);
	(void)feed(0, MSG("1", "42:"));
	assert_true(proto_lab_gap(&lab, 0, 5));
	assert_int_equal(feed(0, "04'rest of a message'"), WARD_VERDICT_OK);
	(void)feed(0, MSG("2", "42:"));
	expect_told("\"class\":\"net.ldap.unbind\"", 2);
	again(&ward_dissect_cldap);
	lab.trusted = false;
	assert_int_equal(feed(0, "30( 02=1 66( 05: ) )"), WARD_VERDICT_FOREIGN);
	again(&ward_dissect_cldap);
	assert_int_equal(proto_lab_feed(&lab, 0, ward_slice_of("\x30\x05\x02", 3), false),
		WARD_VERDICT_MALFORMED);
	lab.partial = true;
	assert_int_equal(proto_lab_feed(&lab, 0, ward_slice_of("\x30\x05\x02", 3), false),
		WARD_VERDICT_MORE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_simple_bind),
		cmocka_unit_test(test_sasl),
		cmocka_unit_test(test_security_layer),
		cmocka_unit_test(test_search),
		cmocka_unit_test(test_changes),
		cmocka_unit_test(test_start_tls),
		cmocka_unit_test(test_unanswered),
		cmocka_unit_test(test_servers),
		cmocka_unit_test(test_netlogon_damage),
		cmocka_unit_test(test_filters),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_long_messages),
		cmocka_unit_test(test_probe_and_gap),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
