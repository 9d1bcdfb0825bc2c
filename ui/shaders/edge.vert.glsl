// One edge as a ribbon along a quadratic curve: two vertices for each of kSteps + 1 points.
layout(location = 0) in vec4 a_from_control;  // x0, y0, cx, cy
layout(location = 1) in vec2 a_to;            // x1, y1
layout(location = 2) in vec4 a_colour;        // r, g, b, alpha; normalised bytes
layout(location = 3) in vec4 a_form;          // width in 1/16 px, flags; normalised bytes

uniform vec3 u_camera;
uniform vec2 u_view;

out float v_across;  // px from the middle of the line
out float v_half;    // half the line's width, px
out float v_along;   // px from the start
out vec4 v_colour;
flat out int v_flags;

const float kSteps = 16.0;

void main() {
  vec2 p0 = a_from_control.xy;
  vec2 c = a_from_control.zw;
  vec2 p1 = a_to;
  float t = float(gl_VertexID >> 1) / kSteps;
  float u = 1.0 - t;
  vec2 at = u * u * p0 + 2.0 * u * t * c + t * t * p1;
  vec2 along = 2.0 * u * (c - p0) + 2.0 * t * (p1 - c);
  vec2 normal = normalize(vec2(-along.y, along.x) + vec2(1e-6, 0.0));
  float side = float(gl_VertexID & 1) * 2.0 - 1.0;

  float width = a_form.x * 255.0 / 16.0 * clamp(u_camera.z, 0.4, 1.5);
  v_half = max(width, 1.0) * 0.5;
  v_across = side * (v_half + 1.0);
  float size = (length(p1 - p0) + length(c - p0) + length(p1 - c)) * 0.5;
  v_along = t * size * u_camera.z;
  // Thinner than a px is drawn as one px, fainter.
  v_colour = vec4(a_colour.rgb, a_colour.a * min(width, 1.0));
  v_flags = int(a_form.y * 255.0 + 0.5);
  vec2 screen = (at - u_camera.xy) * u_camera.z + normal * v_across;
  gl_Position = vec4(screen * vec2(2.0, -2.0) / u_view, 0.0, 1.0);
}
