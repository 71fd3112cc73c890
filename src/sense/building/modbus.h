/* Modbus/TCP by libmodbus, wrapped in this one file: its reading calls only (functions 1 to 4).
 *
 * It is given a connected socket, and opens nothing. An answer has WARD_MODBUS_TIMEOUT_S to be
 * there as a whole, however slowly it comes. Faces what the controller sends. */
#ifndef WARD_SENSE_BUILDING_MODBUS_H
#define WARD_SENSE_BUILDING_MODBUS_H

#include "sense/building/modbus_client.h"

enum { WARD_MODBUS_TIMEOUT_S = 3 };

struct ward_modbus;

/* Without a connection. NOMEM. */
WARD_MUST_CHECK enum ward_err ward_modbus_new(struct ward_modbus **ret);
/* Takes the socket; an older one is closed. */
void ward_modbus_use(struct ward_modbus *m, int fd);
bool ward_modbus_connected(const struct ward_modbus *m);
/* As ward_modbus_client_opts.read: ctx is the ward_modbus. After MISSED and WRONG the connection is
 * closed, so that no late answer is taken for another one's. */
struct ward_modbus_end ward_modbus_read(void *ctx, uint8_t unit, enum ward_modbus_table table,
	uint16_t start, uint16_t n, uint16_t *ret);
void ward_modbus_free(struct ward_modbus *m);

#endif
