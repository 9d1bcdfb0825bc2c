// Filled, or open for conversations that were refused.
in vec3 v_corner;
in vec4 v_colour;
flat in int v_flags;

out vec4 o_colour;

void main() {
  if ((v_flags & 2) != 0 && min(min(v_corner.x, v_corner.y), v_corner.z) > 0.15) discard;
  o_colour = vec4(v_colour.rgb * v_colour.a, v_colour.a);
}
