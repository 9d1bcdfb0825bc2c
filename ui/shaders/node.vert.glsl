// One glyph as a quad: four vertices of a strip, one instance a node.
layout(location = 0) in vec3 a_place;    // x, y, radius
layout(location = 1) in vec4 a_kind;     // shape, flags, alpha, fill; normalised bytes
layout(location = 2) in vec4 a_outline;  // r, g, b
layout(location = 3) in vec4 a_fill;     // r, g, b

uniform vec3 u_camera;
uniform vec2 u_view;

out vec2 v_at;  // px from the centre
out float v_radius;
flat out ivec2 v_shape;  // shape, flags
flat out vec2 v_levels;  // alpha, fill
flat out vec3 v_outline;
flat out vec3 v_fill;

void main() {
  vec2 corner = vec2(float(gl_VertexID & 1) * 2.0 - 1.0, float(gl_VertexID >> 1) * 2.0 - 1.0);
  v_radius = a_place.z * u_camera.z;
  // The cloud is wider than its radius; one px is for the soft rim.
  float extent = a_place.z > 0.0 ? v_radius * 1.1 + 1.0 : 0.0;
  v_at = corner * extent;
  v_shape = ivec2(a_kind.xy * 255.0 + 0.5);
  v_levels = a_kind.zw;
  v_outline = a_outline.rgb;
  v_fill = a_fill.rgb;
  vec2 screen = (a_place.xy - u_camera.xy) * u_camera.z + v_at;
  gl_Position = vec4(screen * vec2(2.0, -2.0) / u_view, 0.0, 1.0);
}
