/** Whether the system spreads connections over several sockets on one port. */
export const CAN_SHARE_PORT = process.platform === 'linux';
