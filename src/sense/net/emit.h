/* Building one event at a time out of the sensor's arena.
 *
 * ward_emit_begin starts it, the setters add fields, ward_emit_end gives it its id and hands it to
 * the sink. After a failure (no room) the setters do nothing and the event is counted as lost.
 * Values are copied unless they are said to live forever. */
#ifndef WARD_SENSE_NET_EMIT_H
#define WARD_SENSE_NET_EMIT_H

#include "sense/net/sensor.h"

/* False when nobody wants the event: it is counted, go on. class is a name id. */
bool ward_emit_begin(struct ward_net *n, uint32_t class);
void ward_emit_int(struct ward_net *n, uint32_t name, int64_t v);
void ward_emit_bool(struct ward_net *n, uint32_t name, bool v);
/* forever: text that lives at least as long as the event. */
void ward_emit_z(struct ward_net *n, uint32_t name, const char *forever);
void ward_emit_str(struct ward_net *n, uint32_t name, struct ward_str s);
void ward_emit_mac(struct ward_net *n, uint32_t name, const uint8_t mac[6]);
void ward_emit_ip(struct ward_net *n, uint32_t name, const uint8_t ip[16], unsigned version);
/* A list of values in the sensor's arena; takes item. One item gives a scalar, none nothing. */
void ward_emit_list(
	struct ward_net *n, uint32_t name, const struct ward_value *item, uint32_t n_item);
/* Room in the arena for the items of a list, or NULL (then the event is lost). */
struct ward_value *ward_emit_items(struct ward_net *n, size_t n_item);
/* iface and vlan. */
void ward_emit_place(struct ward_net *n, uint16_t vlan);
/* iface, vlan, addresses, ports and protocol of a packet. */
void ward_emit_packet(struct ward_net *n, const struct ward_packet *p);
/* The same with source and destination exchanged: what the packet's receiver did. */
void ward_emit_packet_turned(struct ward_net *n, const struct ward_packet *p);
void ward_emit_proto(struct ward_net *n, uint8_t proto);
/* An event of the current frame. */
void ward_emit_end(struct ward_net *n);
/* An event with its own time and number. */
void ward_emit_end_at(struct ward_net *n, ward_ns time, uint64_t seq, uint32_t index);

/* Text of an address: at most 46 bytes with the NUL. Gives its length. */
enum { WARD_IP_TEXT = 46, WARD_MAC_TEXT = 18 };
size_t ward_ip_text(const uint8_t ip[16], unsigned version, char ret[WARD_IP_TEXT]);
/* The other way; false: it is no address in the forms of inet_pton(3). */
bool ward_ip_parse(struct ward_str s, uint8_t ret[16], unsigned *ret_version);
size_t ward_mac_text(const uint8_t mac[6], char ret[WARD_MAC_TEXT]);

#endif
