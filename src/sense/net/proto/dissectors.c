#include "sense/net/proto/dissectors.h"

/* In the order in which they are asked. */
static const struct ward_dissector *const all[] = {
	&ward_dissect_astm,
	&ward_dissect_ieee11073,
	&ward_dissect_poct1a,
	&ward_dissect_bacnet,
	&ward_dissect_coap,
	&ward_dissect_dce_rpc,
	&ward_dissect_dhcp,
	&ward_dissect_dhcpv6,
	&ward_dissect_dnp3,
	&ward_dissect_dnp3_udp,
	&ward_dissect_dns,
	&ward_dissect_dns_stream,
	&ward_dissect_mdns,
	&ward_dissect_llmnr,
	&ward_dissect_nbns,
	&ward_dissect_dicom,
	&ward_dissect_ftp,
	&ward_dissect_ftp_data,
	&ward_dissect_enip,
	&ward_dissect_enip_udp,
	&ward_dissect_fox,
	&ward_dissect_hl7,
	&ward_dissect_iec104,
	&ward_dissect_http,
	&ward_dissect_knx,
	&ward_dissect_knx_stream,
	&ward_dissect_http2,
	&ward_dissect_kerberos,
	&ward_dissect_kerberos_stream,
	&ward_dissect_ldap,
	&ward_dissect_cldap,
	&ward_dissect_icmp,
	&ward_dissect_icmp6,
	&ward_dissect_modbus,
	&ward_dissect_modbus_udp,
	&ward_dissect_rdp,
	&ward_dissect_rfb,
	&ward_dissect_smtp,
	&ward_dissect_ssh,
	&ward_dissect_radius,
	&ward_dissect_snmp,
	&ward_dissect_mqtt,
	&ward_dissect_sip,
	&ward_dissect_sip_stream,
	&ward_dissect_smb,
	&ward_dissect_ssdp,
	&ward_dissect_s7comm,
	&ward_dissect_s7comm_plus,
	&ward_dissect_ntp,
	&ward_dissect_opcua,
	&ward_dissect_quic,
	&ward_dissect_telnet,
	&ward_dissect_tftp,
	&ward_dissect_tls,
	&ward_dissect_wsd,
};

size_t ward_dissector_count(void)
{
	return WARD_ARRAY_LEN(all);
}

const struct ward_dissector *ward_dissector_at(size_t i)
{
	WARD_ASSERT(i < WARD_ARRAY_LEN(all));
	return all[i];
}
