/* Every dissector of this folder. */
#ifndef WARD_SENSE_NET_PROTO_DISSECTORS_H
#define WARD_SENSE_NET_PROTO_DISSECTORS_H

#include "sense/net/dissector.h"

extern const struct ward_dissector ward_dissect_astm;
extern const struct ward_dissector ward_dissect_ieee11073;
extern const struct ward_dissector ward_dissect_poct1a;
extern const struct ward_dissector ward_dissect_bacnet;
extern const struct ward_dissector ward_dissect_coap;
extern const struct ward_dissector ward_dissect_dce_rpc;
extern const struct ward_dissector ward_dissect_dhcp;
extern const struct ward_dissector ward_dissect_dhcpv6;
extern const struct ward_dissector ward_dissect_dnp3;
extern const struct ward_dissector ward_dissect_dnp3_udp;
extern const struct ward_dissector ward_dissect_dns;
extern const struct ward_dissector ward_dissect_dns_stream;
extern const struct ward_dissector ward_dissect_mdns;
extern const struct ward_dissector ward_dissect_llmnr;
extern const struct ward_dissector ward_dissect_nbns;
extern const struct ward_dissector ward_dissect_dicom;
extern const struct ward_dissector ward_dissect_ftp;
extern const struct ward_dissector ward_dissect_ftp_data;
extern const struct ward_dissector ward_dissect_enip;
extern const struct ward_dissector ward_dissect_enip_udp;
extern const struct ward_dissector ward_dissect_fox;
extern const struct ward_dissector ward_dissect_hl7;
extern const struct ward_dissector ward_dissect_iec104;
extern const struct ward_dissector ward_dissect_http;
extern const struct ward_dissector ward_dissect_knx;
extern const struct ward_dissector ward_dissect_knx_stream;
extern const struct ward_dissector ward_dissect_http2;
extern const struct ward_dissector ward_dissect_kerberos;
extern const struct ward_dissector ward_dissect_kerberos_stream;
extern const struct ward_dissector ward_dissect_ldap;
extern const struct ward_dissector ward_dissect_cldap;
extern const struct ward_dissector ward_dissect_icmp;
extern const struct ward_dissector ward_dissect_icmp6;
extern const struct ward_dissector ward_dissect_modbus;
extern const struct ward_dissector ward_dissect_modbus_udp;
extern const struct ward_dissector ward_dissect_rdp;
extern const struct ward_dissector ward_dissect_rfb;
extern const struct ward_dissector ward_dissect_smtp;
extern const struct ward_dissector ward_dissect_ssh;
extern const struct ward_dissector ward_dissect_radius;
extern const struct ward_dissector ward_dissect_snmp;
extern const struct ward_dissector ward_dissect_mqtt;
extern const struct ward_dissector ward_dissect_sip;
extern const struct ward_dissector ward_dissect_sip_stream;
extern const struct ward_dissector ward_dissect_smb;
extern const struct ward_dissector ward_dissect_ssdp;
extern const struct ward_dissector ward_dissect_s7comm;
extern const struct ward_dissector ward_dissect_s7comm_plus;
extern const struct ward_dissector ward_dissect_ntp;
extern const struct ward_dissector ward_dissect_opcua;
extern const struct ward_dissector ward_dissect_quic;
extern const struct ward_dissector ward_dissect_telnet;
extern const struct ward_dissector ward_dissect_tftp;
extern const struct ward_dissector ward_dissect_tls;
extern const struct ward_dissector ward_dissect_wsd;

#endif
