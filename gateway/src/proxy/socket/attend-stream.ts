import type net from 'node:net';
import type { WireOwner } from './client-wire.ts';

/** A socket with a stream, and who sees to what happens on it. */
interface Attended {
  wireOwner?: WireOwner;
}

/** `ClientWire.attend` of sockets that are streams. */
export function attendStream(socket: net.Socket, owner: WireOwner): void {
  const attended: Attended = socket as net.Socket & Attended;
  const first = attended.wireOwner === undefined;
  attended.wireOwner = owner;
  if (!first) return;
  socket.setNoDelay(true);
  socket.on('drain', onDrain);
  socket.on('end', onGone);
  socket.on('error', onGone);
  socket.on('close', onClosed);
}

function onDrain(this: Attended): void {
  this.wireOwner!.onDrain();
}

function onGone(this: Attended): void {
  this.wireOwner!.onGone();
}

function onClosed(this: Attended): void {
  this.wireOwner!.onClosed();
}
